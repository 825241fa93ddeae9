// Twenty clients edit the same forms at once: nothing is lost, every conflict is told, nobody hears
// that the database is locked.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { alstrack, serve } from "./lib.mjs";
import { addPatient, makeEmptyStudy } from "./entry.mjs";

const CLIENTS = 20, EDITS = 6, FORMS = 4;
const items = ["speech", "salivation", "swallowing", "handwriting", "cutting", "dressing", "turning", "walking",
    "stairs", "dyspnea", "orthopnea", "respiratory_insufficiency"];
let study, server;
before(async () => {
    study = makeEmptyStudy("mayo-nct01609283");
    for (let i = 1; i <= FORMS; i++) {
        addPatient(study.study, `T${i}`, "RST");
        alstrack(study.study, "record", `T${i}`, "MN3", "alsfrsr", "--date", "2014-06-01", "cutting_form=a",
            ...items.map((item) => `${item}=4`));
    }
    server = await serve(study.study);
});
after(async () => {
    await server?.stop();
    study?.remove();
});

const field = (html, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];

test("20 clients lose nothing", async (t) => {
    const opened = await fetch(server.link, { redirect: "manual" });
    const cookie = opened.headers.get("set-cookie").split(";")[0];
    const get = async (path) => (await fetch(server.base + path, { headers: { cookie } })).text();
    const post = (path, body) => fetch(server.base + path, {
        method: "POST", redirect: "manual", headers: { cookie, origin: server.base }, body: new URLSearchParams(body),
    });
    const saved = [];
    let conflicts = 0;
    // Who meets a conflict takes the page that tells of it, keeps the own version, and saves that.
    const edit = async (client, number) => {
        const mark = `c${client}e${number}`;
        const path = `/patients/T${1 + (client + number) % FORMS}/visits/MN3/alsfrsr`;
        const answers = { ...Object.fromEntries(items.map((item) => [item, "4"])), cutting_form: "a", date: "2014-06-01",
            mode: "clinic", respondent: mark, "why-text": mark };
        let page = await get(path), what = { do: "save" };
        for (let attempt = 0; attempt < 200; attempt++) {
            const answer = await post(path, { ...answers, ...what, token: field(page, "token"), "row-change": field(page, "row-change") });
            page = await answer.text();
            assert.doesNotMatch(page, /database is locked/);
            if (answer.status === 303) {
                saved.push(mark);
                return;
            }
            assert.equal(answer.status, 409, page);
            assert.match(page, /tester saved this form at/);
            conflicts++;
            what = { do: "merge", "base-change": field(page, "base-change"), "merge.respondent": "yours", "merge.mode": "yours" };
        }
        assert.fail(`${mark} never got through`);
    };
    await Promise.all(Array.from({ length: CLIENTS }, async (_, client) => {
        for (let number = 0; number < EDITS; number++) await edit(client, number);
    }));
    t.diagnostic(`${saved.length} saved, ${conflicts} conflicts`);
    assert.equal(saved.length, CLIENTS * EDITS);
    assert.ok(conflicts > 0, "they did meet");
    const cells = JSON.parse(alstrack(study.study, "audit", "cells", "--format", "json"));
    const written = cells.filter((cell) => cell.column === "respondent").map((cell) => cell.new ?? cell.new_value);
    assert.deepEqual([...written].sort(), [...saved].sort(), "each saved edit is in the trail, once");
    alstrack(study.study, "audit", "verify");
});
