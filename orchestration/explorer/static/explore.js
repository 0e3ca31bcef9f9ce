// Filters without a full load of the page: the form's answer replaces the content. Without this script the pages work as well.
(() => {
  const content = () => document.getElementById("content");
  let pending;

  const show = async (address, push) => {
    pending?.abort();
    pending = new AbortController();
    content().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: pending.signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const focused = document.activeElement?.name;
      document.title = page.title;
      document.querySelector("header").replaceWith(page.querySelector("header"));
      content().replaceWith(page.getElementById("content"));
      if (push) history.pushState({}, "", address);
      if (focused) document.querySelector(`.filters [name="${focused}"]`)?.focus();
    } catch (error) {
      if (error.name !== "AbortError") location.href = address;
    }
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.filters");
    if (!form) return;
    const chosen = [...new FormData(form)].filter(([, value]) => value !== "");
    show(`${form.getAttribute("action")}?${new URLSearchParams(chosen)}`, true);
  });

  addEventListener("popstate", () => show(location.href, false));

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      document.getElementById("q").focus();
    }
  });
})();
