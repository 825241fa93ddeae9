// A study to enter data into: a protocol, and patients of whom month 3 is due on TODAY.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, alstrack } from "./lib.mjs";

export function makeEmptyStudy(trial) {
    const folder = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), "alstrack-browser-"));
    const study = join(folder, "study.db");
    alstrack(study, "init", study, "--protocol", join(ROOT, "samples", "protocols", `${trial}.yaml`));
    return { study, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function addPatient(study, name, site) {
    alstrack(study, "patient", "add", name, "--site", site, "--sex", "M", "--birth-date", "1960-01-01",
        "--height", "175", "--cohort", "1");
    alstrack(study, "event", "add", name, "consent", "2013-12-01");
    alstrack(study, "event", "add", name, "infusion", "2014-03-03");
}
