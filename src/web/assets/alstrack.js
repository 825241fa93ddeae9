"use strict";
// Adds keys, live totals, drafts and a guard to pages that work without it. What it goes by is
// written in page.h. It computes nothing: totals come from the server.

(() => {
    const SCORE_WAIT = 120, DRAFT_WAIT = 2000; // milliseconds after the last change
    const LOGGED_OUT = "The draft is not saved: your session has ended. Save leads to the login, and what is typed comes along.";

    // ---- Any page ----

    document.querySelector("[data-error-summary]")?.focus();

    document.addEventListener("click", (event) => {
        const button = event.target.closest("[data-confirm]");
        if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
    });

    // Digits only: the separators of a date come by themselves.
    document.addEventListener("input", (event) => {
        const field = event.target;
        if (!field.matches("[data-date]") || event.inputType?.startsWith("delete")) return;
        field.value = field.value.replace(/--+/, "-"); // typed although it was there already
        if (/^\d{4}$/.test(field.value) || /^\d{4}-\d{2}$/.test(field.value)) field.value += "-";
        const digits = /^(\d{4})(\d{2})(\d{2})$/.exec(field.value);
        if (digits) field.value = digits.slice(1).join("-");
    });
    document.addEventListener("change", (event) => {
        if (event.target.matches("[data-date]")) event.target.value = event.target.value.replace(/-+$/, "");
    });

    const isText = (element) => element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

    // ---- Posting a form's fields from the script ----

    const post = async (url, form) => {
        const answer = await fetch(url, {
            method: "POST",
            body: new URLSearchParams(new FormData(form)),
            credentials: "same-origin",
        });
        if (!answer.ok) throw Object.assign(new Error(answer.status), { loggedOut: [401, 403].includes(answer.status) });
        return answer.json();
    };

    // Run `work` so long after the last call, or now; one run after the other. now() is over when all
    // that was asked for is done.
    const settled = (work, wait) => {
        let timer = 0, last = Promise.resolve();
        const stop = () => { clearTimeout(timer); timer = 0; };
        const now = () => {
            if (timer) {
                stop();
                last = last.then(work);
            }
            return last;
        };
        return { soon: () => { stop(); timer = setTimeout(now, wait); }, now, stop };
    };

    const liveTotals = (form) => {
        const show = (texts) => {
            for (const place of form.querySelectorAll("[data-score-of]"))
                place.textContent = texts[place.dataset.scoreOf] ?? "";
        };
        // What is asked depends on answers: wordings, and items that do not apply.
        const fold = (open) => {
            for (const part of form.querySelectorAll("details[data-open-of]"))
                part.open = open[part.dataset.openOf] ?? part.open;
        };
        const work = settled(async () => {
            try {
                const { texts, open } = await post(form.dataset.score, form);
                show(texts);
                fold(open ?? {});
            } catch {
                show({}); // no total is better than an old one
            }
        }, SCORE_WAIT);
        form.addEventListener("input", work.soon);
        return work;
    };

    // ---- Drafts, and leaving with changes ----

    const keepDrafts = (form, state) => {
        const say = (text) => { for (const place of form.querySelectorAll("[data-draft-state]")) place.textContent = text; };
        const work = settled(async () => {
            const seen = state.changes;
            try {
                const { text, draft, kept } = await post(form.dataset.draft, form);
                say(text);
                if (form.elements.draft && draft !== undefined) form.elements.draft.value = draft;
                // Reasons and answers to queries are kept with the form only.
                const waits = [...form.elements].some((e) => /^(confirm|answer)\./.test(e.name) && e.value.trim());
                if (kept !== false && !waits) state.kept = seen;
            } catch (error) {
                say(error.loggedOut ? LOGGED_OUT : "The draft is not saved");
            }
        }, DRAFT_WAIT);
        form.addEventListener("input", work.soon);
        // Going from choice to choice is no pause; leaving a text or the form is.
        form.addEventListener("focusout", (event) => {
            if (isText(event.target) || !form.contains(event.relatedTarget)) work.now();
        });
        form.addEventListener("submit", work.stop);
    };

    const guard = (form, state) => {
        form.addEventListener("submit", () => { state.leaving = true; });
        window.addEventListener("pageshow", () => { state.leaving = false; });
        window.addEventListener("beforeunload", (event) => {
            if (!state.leaving && state.changes !== state.kept) event.preventDefault();
        });
    };

    // ---- Keys ----

    const questionsOf = (form) => [...form.querySelectorAll("[data-question]")].filter(
        (q) => !q.disabled && !q.closest("[hidden], details:not([open]), fieldset:disabled"));
    const focusQuestion = (question) => {
        const target = question?.querySelector("input:checked") ??
            question?.querySelector("input:not([type=hidden]), textarea, select");
        if (!target) return false;
        target.focus();
        question.scrollIntoView({ block: "nearest" });
        return true;
    };

    const step = (form, question, by) => {
        // What the definition has answered in advance costs no key.
        const questions = questionsOf(form).filter((q) => q === question || !("prefilled" in q.dataset));
        const next = questions[questions.indexOf(question) + by];
        if (!focusQuestion(next) && by > 0) form.querySelector("[data-save]")?.focus();
    };

    const choose = (form, question, key, totals) => {
        const choice = [...question.querySelectorAll("input[data-key]")].find((c) => c.dataset.key === key);
        if (!choice) return false;
        choice.checked = true;
        choice.dispatchEvent(new Event("input", { bubbles: true }));
        choice.dispatchEvent(new Event("change", { bubbles: true }));
        // Which question is next may depend on this answer: then the server is heard first.
        if ("decides" in question.dataset && totals) totals.now().then(() => step(form, question, 1));
        else step(form, question, 1);
        return true;
    };

    const openMissing = (question) => {
        const missing = question.querySelector("details[data-missing]");
        if (!missing) return false;
        missing.open = true;
        missing.querySelector("select, input")?.focus();
        return true;
    };

    // A reason is chosen by its number, and leads on as an answer does.
    const chooseReason = (form, select, key) => {
        const option = [...select.options].find((o) => o.dataset.key === key);
        if (!option) return false;
        option.selected = true;
        select.dispatchEvent(new Event("input", { bubbles: true }));
        select.dispatchEvent(new Event("change", { bubbles: true }));
        step(form, select.closest("[data-question]"), 1);
        return true;
    };

    const press = (form, selector) => {
        const button = form.querySelector(selector);
        button?.click();
        return Boolean(button);
    };

    const go = (address) => {
        if (address) window.location.assign(address);
        return Boolean(address);
    };

    const openHelp = (form) => {
        const help = form.querySelector("details[data-help]");
        if (!help) return false;
        help.open = !help.open;
        help.querySelector("summary")?.focus();
        return true;
    };

    const onPlainKey = (form, question, key, totals) => {
        if (question && choose(form, question, key, totals)) return true;
        switch (key) {
        case "Backspace": if (question) step(form, question, -1); return Boolean(question);
        case "m": case ".": return question ? openMissing(question) : false;
        case "h": return question ? press(question, "a[data-history]") : false;
        case "s": return press(form, "[data-save]");
        case "[": return go(form.dataset.previous);
        case "]": return go(form.dataset.next);
        case "?": return openHelp(form);
        default: return false;
        }
    };

    const onKey = (form, event, totals) => {
        const control = event.ctrlKey || event.metaKey;
        let done = false;
        if (event.altKey || event.isComposing) return;
        if (control && event.key === "s") done = press(form, "[data-save]");
        else if (control && event.key === "Enter") done = press(form, "[data-save-next]") || press(form, "[data-save]");
        else if (!control && event.target.matches("[data-question] [data-missing] select"))
            done = chooseReason(form, event.target, event.key);
        else if (!control && !isText(event.target))
            done = onPlainKey(form, event.target.closest("[data-question]"), event.key, totals);
        if (done) event.preventDefault();
    };

    // ---- Forms ----

    for (const form of document.querySelectorAll("form")) {
        const state = { changes: 0, kept: 0, leaving: false };
        form.addEventListener("input", () => { state.changes++; });
        const totals = "score" in form.dataset ? liveTotals(form) : null;
        if ("draft" in form.dataset) keepDrafts(form, state);
        if ("guard" in form.dataset) guard(form, state);
        if ("entry" in form.dataset) {
            form.addEventListener("keydown", (event) => onKey(form, event, totals));
            // Keys work at once: the first question has the focus, unless something is to be read first.
            const questions = questionsOf(form);
            if (!document.querySelector("[data-error-summary], [autofocus]"))
                focusQuestion(questions.find((q) => !q.querySelector("input:checked")) ?? questions[0]);
        }
    }
})();
