// 录入会议：没来的才写原因，到会的那一行把“原因”收起来。没有脚本时都看得见，一样能用。
"use strict";
document.querySelectorAll(".roll > li:not(.tick)").forEach((row) => {
  const mark = row.querySelector("select");
  const why = row.querySelector("input");
  const fold = () => { why.hidden = !["leave", "absent"].includes(mark.value) && !why.value; };
  mark.addEventListener("change", fold);
  fold();
});
