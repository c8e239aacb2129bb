// 录入会议：改成请假、缺席的，当场给一格写原因。没有脚本时按“写没来的原因”，由服务器给。
"use strict";
const ask = (mark) => {
  const away = /leave|absent/.test(mark.value);
  let why = mark.nextElementSibling;
  if (away && !why) {
    mark.insertAdjacentHTML("afterend", '<input class="form-control" maxlength="60" placeholder="没来的原因">');
    why = mark.nextElementSibling;
    why.name = mark.name.replace("status", "note");
    why.setAttribute("aria-label", `${mark.labels[0].textContent}没来的原因（选填）`);
  }
  if (why) why.hidden = !away && !why.value;
};
document.querySelectorAll(".roll select").forEach((mark) => {
  mark.addEventListener("change", () => ask(mark));
  ask(mark); // 网慢时，脚本来之前已经改过的
});
