// A reason that was typed outlives a login: a form that was not taken fills it in once, in this tab only.
(() => {
  const key = (one) => `typed ${location.pathname} ${one.name}`;
  const fields = () => [...document.querySelectorAll("#content form[method=post] textarea[name]")];
  const from = document.referrer ? new URL(document.referrer) : null;
  const isBack = from?.origin === location.origin && (from.pathname === location.pathname || from.pathname.endsWith("/login/"));
  for (const one of fields()) {
    const typed = sessionStorage.getItem(key(one));
    if (isBack && typed && !one.value) one.value = typed;
    sessionStorage.removeItem(key(one));
  }
  document.addEventListener("submit", () => fields().forEach((one) => sessionStorage.setItem(key(one), one.value)));
})();
