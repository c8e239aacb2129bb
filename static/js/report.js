// 述职的格子：说写了几个字；停笔三秒就存到服务器上。没有脚本时点“先存着”一样存。
"use strict";
const line = (after, id) => {
  const said = document.createElement("p");
  said.className = "hint";
  said.id = id;
  after.after(said);
  return said;
};

for (const box of document.querySelectorAll("[data-count]")) {
  const said = line(box, `${box.id}_count`);
  const tell = () => {
    const count = [...box.value].length, left = box.dataset.count - count;
    said.textContent = `已写${count}字，${left < 0 ? `超了${-left}` : `还可写${left}`}字`;
  };
  box.addEventListener("input", tell);
  tell();
}

const form = document.querySelector("[data-keep]");
const said = line(form.querySelector(".form-acts"), "kept");
said.setAttribute("role", "status");
let timer, busy, changed;
const later = () => {
  changed = true;
  clearTimeout(timer);
  timer = setTimeout(keep, 3000);
};
const keep = async () => {
  if (!changed || busy) return;
  changed = false;
  busy = true;
  const body = new URLSearchParams(new FormData(form));
  body.set("keep", 1);
  try {
    const answer = await fetch("", { method: "POST", body, redirect: "manual", keepalive: true });
    const kept = await answer.json();
    said.textContent = kept.said;
    if (kept.read) form.elements.read.value = kept.read;
    if (changed) later();
  } catch {
    changed = true;
    said.textContent = "还没有存上，不要关这一页：有网后会再存；登录到期的，新开一页登录，再回来点“保存”。";
  }
  busy = false;
};
form.addEventListener("input", later);
if ([...form.querySelectorAll("textarea")].some((box) => box.value !== box.defaultValue)) later(); // 脚本来以前写的
addEventListener("online", keep);
document.addEventListener("visibilitychange", () => document.hidden && keep());
