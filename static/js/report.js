// 述职的格子：说已写几个字；停下来就存到服务器上。没有脚本时，点“保存”或“先存着”一样存。
"use strict";
const PAUSE = 3000; // 毫秒

document.querySelectorAll("textarea[data-count]").forEach((box) => {
  const most = Number(box.dataset.count);
  const said = line(box, `${box.id}_count`);
  const tell = () => {
    const count = [...box.value].length;
    said.textContent = count > most ? `已写${count}字，超了${count - most}字` : `已写${count}字，还可写${most - count}字`;
  };
  box.setAttribute("aria-describedby", [box.getAttribute("aria-describedby"), said.id].filter(Boolean).join(" "));
  box.addEventListener("input", tell);
  tell();
});

document.querySelectorAll("form[data-keep]").forEach((form) => {
  const said = line(form.querySelector(".form-acts"), "kept");
  said.setAttribute("role", "status");
  let waiting = 0;
  let asking = null;
  let changed = false;
  const later = () => {
    changed = true;
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE);
  };
  const keep = async () => {
    clearTimeout(waiting);
    if (!changed || asking) return;
    changed = false;
    const body = new URLSearchParams(new FormData(form));
    body.set("keep", "1");
    asking = fetch(location.pathname, { method: "POST", body, redirect: "manual", keepalive: true });
    try {
      const answer = await asking;
      if (answer.ok) {
        const kept = await answer.json();
        form.elements.read.value = kept.read;
        said.textContent = kept.said;
      } else {
        changed = true;
        said.textContent = answer.status === 409
          ? "另一台手机或电脑刚改过。点“保存”，两边的字都会给您看。"
          : answer.status === 422
            ? "有一格写得太长，还没有存上。"
            : "还没有存上，字都还在这一页。请新开一页登录，再回来点“保存”。";
      }
    } catch {
      changed = true;
      said.textContent = "没有网络，还没有存上。不要关这一页，有网后会再存。";
    }
    asking = null;
    if (changed && navigator.onLine && said.textContent.startsWith("已")) later();
  };
  form.addEventListener("input", later);
  form.addEventListener("submit", () => clearTimeout(waiting));
  addEventListener("online", keep);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
});

function line(after, id) {
  const said = document.createElement("p");
  said.className = "hint";
  said.id = id;
  after.after(said);
  return said;
}
