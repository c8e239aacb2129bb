// 停一停就存到服务器上，浏览器里不留；没有脚本时点“存为草稿”。
"use strict";
const EVERY = 4000; // 毫秒

document.querySelectorAll("form[data-autosave]").forEach((form) => {
  const said = form.querySelector("[data-said]");
  const field = (name) => form.elements.namedItem(name);
  let changed = false;
  let busy = false;
  let timer = 0;

  const later = () => {
    changed = true;
    if (!timer) timer = setTimeout(keep, EVERY);
  };
  const tell = (words) => { said.textContent = words; };
  const send = (leaving) => {
    field("draft_seq").value = Number(field("draft_seq").value) + 1;
    const body = new URLSearchParams(new FormData(form));
    return fetch(form.dataset.autosave, { method: "POST", body, redirect: "manual", keepalive: leaving && body.toString().length < 60000 });
  };
  const renew = async () => {
    const answer = await fetch(form.dataset.token, { redirect: "manual" });
    if (answer.ok) field("csrfmiddlewaretoken").value = (await answer.json()).token;
    return answer.ok;
  };
  const keep = async (leaving) => {
    clearTimeout(timer);
    timer = 0;
    if (!changed || busy) return;
    busy = true;
    changed = false;
    try {
      let answer = await send(leaving === true);
      if (answer.status === 403 && await renew()) answer = await send(false);
      if (answer.ok) {
        const kept = await answer.json();
        field("draft").value = kept.draft;
        tell(kept.said);
      } else if (answer.status === 409 || answer.status === 422) {
        tell((await answer.json()).said);
      } else {
        changed = true;
        tell("登录过期了，字都还在这一页。");
        said.insertAdjacentHTML("beforeend", '<a href="/login/" target="_blank" rel="noopener">请新开一页登录，再回来接着写</a>');
      }
    } catch {
      changed = true;
      tell("没有网络，已停在本页，连上后自动保存。");
    }
    busy = false;
    if (changed && !timer) timer = setTimeout(keep, EVERY);
  };
  form.addEventListener("input", later);
  if ([...form.querySelectorAll("[maxlength]")].some((box) => box.value !== box.defaultValue)) later(); // 脚本来以前写的
  form.addEventListener("change", later);
  form.addEventListener("submit", () => { clearTimeout(timer); timer = 0; changed = false; });
  addEventListener("online", keep);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && changed) keep();
    if (document.visibilityState === "hidden") keep(true);
  });
});
