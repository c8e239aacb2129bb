// 已写几个字：写在格子的说明下面；没有脚本时，交上去以后由服务器说。
"use strict";
document.querySelectorAll("textarea[data-count]").forEach((box) => {
  const most = Number(box.dataset.count);
  const said = document.createElement("p");
  said.className = "hint";
  said.id = `${box.id}_count`;
  const tell = () => {
    const count = [...box.value].length;
    said.textContent = count > most ? `已写${count}字，超了${count - most}字` : `已写${count}字，还可写${most - count}字`;
  };
  box.setAttribute("aria-describedby", [box.getAttribute("aria-describedby"), said.id].filter(Boolean).join(" "));
  box.after(said);
  box.addEventListener("input", tell);
  tell();
});
