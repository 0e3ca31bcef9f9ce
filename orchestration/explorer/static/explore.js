// Filters without a full load of the page: the form's answer replaces the content. Without this script the pages work as well.
(() => {
  const content = () => document.getElementById("content");
  const page = () => location.pathname + location.search;
  let pending;
  let shown = page();

  const show = async (address, push) => {
    pending?.abort();
    pending = new AbortController();
    content().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: pending.signal, headers: { Accept: "text/html" } });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      const focused = document.activeElement?.name;
      document.title = found.title;
      document.querySelector("header").replaceWith(found.querySelector("header"));
      content().replaceWith(found.getElementById("content"));
      if (push) history.pushState({}, "", address);
      shown = page();
      if (focused) document.querySelector(`.filters [name="${focused}"]`)?.focus();
    } catch (error) {
      if (error.name !== "AbortError") location.href = address;
    }
  };

  const filter = (form) => {
    const chosen = [...new FormData(form)].filter(([, value]) => value !== "");
    show(`${form.getAttribute("action")}?${new URLSearchParams(chosen)}`, true);
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.filters");
    if (form) filter(form);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.filters")) return;
    event.preventDefault();
    filter(event.target);
  });

  // A leap to a line of the same page is none of ours.
  addEventListener("popstate", () => page() !== shown && show(location.href, false));

  // On a narrow screen the year that is looked at is seen first.
  const sides = document.querySelector(".sides .current");
  if (sides) sides.closest(".scroll").scrollLeft = sides.offsetLeft;

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      document.getElementById("q").focus();
    }
  });
})();
