// One agent's one action in a guarded mailbox: prepared, pressed, answered, and looked at from every side afterwards.
// Must never answer a question it was not told to answer; what is wrong is collected, so that one journey tells all of it.
import type { AuditRecord } from "../../../shared/audit.ts";
import type { Question } from "../../../shared/protocol.ts";
import { look, until, type Driver } from "../drivers/driver.ts";
import { differences } from "./arrival.ts";
import { eventually } from "./eventually.ts";
import type { DriverName, Place } from "./place.ts";
import { VERBS, type VerbName } from "./verbs.ts";

type Decided = Extract<AuditRecord, { kind: "decided" }>;

function inWords(record: AuditRecord): string {
  if (record.kind === "decided") return `decided ${record.verdict}`;
  if (record.kind === "answered") return `answered ${record.state}`;
  return record.kind === "outcome" ? `outcome ${record.outcome}` : record.kind;
}

/** One journey under way, and what was found wrong with it. */
export class Journey {
  readonly wrong: string[] = [];
  readonly #place: Place;
  readonly driverName: DriverName;
  readonly verb: VerbName;
  readonly mark: string;
  /** How many records there were before it began. */
  #before = 0;

  constructor(place: Place, driver: DriverName, verb: VerbName, mark: string) {
    this.#place = place;
    this.driverName = driver;
    this.verb = verb;
    this.mark = mark;
  }

  get #driver(): Driver {
    return this.#place.driver(this.driverName);
  }

  get #what() {
    return VERBS[this.verb];
  }

  expect(holds: boolean, sentence: string): void {
    if (!holds) this.wrong.push(sentence);
  }

  effect(): Promise<number> {
    return this.#what.action.effect(this.#place.stack);
  }

  async prepare(): Promise<void> {
    const { stack } = this.#place;
    await this.#what.action.prepare(this.#driver, this.#place.address(this.driverName), stack, this.mark);
    this.expect((await this.effect()) === 0, "it had happened before it was pressed");
  }

  async press(): Promise<void> {
    if (this.#place.guarded) this.#before = (await this.#place.companion().records()).length;
    await this.#driver.click(this.#what.action.control);
  }

  /** The record of what was decided about the newest press. */
  async decided(ms = 15_000): Promise<Decided> {
    const found = eventually("a decision on record", ms, async () => {
      const records = (await this.#place.companion().records()).slice(this.#before);
      return records.find((r): r is Decided => r.kind === "decided" && this.#what.recorded.includes(r.summary.verb));
    });
    return found.catch(async (error: Error) => {
      const others = (await this.#place.companion().records()).slice(this.#before).map(inWords).join(", ");
      throw new Error(`${error.message} On record: ${others}. The tab: ${await look(this.#driver)}`);
    });
  }

  question(): Promise<Question> {
    return eventually("the question", 15_000, async () =>
      (await this.#place.companion().questions()).find((q) => this.#what.recorded.includes(q.verb)),
    );
  }

  async nothingAsked(): Promise<void> {
    const asked = (await this.#place.companion().questions()).filter((q) => this.#what.recorded.includes(q.verb));
    this.expect(asked.length === 0, `a question waits: ${asked.map((q) => q.verb).join(", ")}`);
  }

  async nothingArrived(): Promise<void> {
    this.expect((await this.effect()) === 0, "it arrived");
  }

  /** What was written or chosen is still there, and the page takes a press. */
  async kept(): Promise<void> {
    await until(this.#driver, this.#what.kept(this.mark), "the work is still there and the page usable", 15_000);
  }

  /** A stopped letter lies among the drafts. */
  async draftSaved(): Promise<void> {
    const { draft } = this.#what;
    if (draft === "") return;
    await eventually(`"${draft}" among the drafts`, 15_000, async () =>
      (await this.#place.stack.mailbox("alice", "Drafts")).some((row) => row.subject === draft),
    );
  }

  async autosaves(): Promise<void> {
    if (this.#what.draft !== "")
      await until(this.#driver, "rcmail.save_timer", "the app saves drafts by itself", 15_000);
  }

  /** The newest press ended this way, and nothing is lost by it. */
  async stopped(state: "refused" | "expired"): Promise<void> {
    const { action } = await this.decided();
    await eventually(`"${state}" on record`, 5_000, async () =>
      (await this.#place.companion().records()).some(
        (r) => r.kind === "answered" && r.action === action && r.state === state,
      ),
    );
    await this.kept();
    await this.draftSaved();
    await this.nothingArrived();
  }

  /** Presses once more, as often as it takes to be heard: it has to be stopped without a second question. */
  async againInSilence(): Promise<void> {
    let decided: Decided | null = null;
    for (let tries = 1; decided === null; tries += 1) {
      await this.#what.again(this.#driver, this.mark);
      await this.press();
      // A list that is just being drawn anew swallows a press; whoever drives the page presses again.
      decided = await this.decided(tries < 3 ? 5_000 : 15_000).catch((error: unknown) => {
        if (tries === 3) throw error;
        return null;
      });
    }
    const { verdict, because } = decided;
    this.expect(verdict === "deny", `the second press was decided "${verdict}" (${because ?? ""})`);
    await this.kept();
    await this.nothingAsked();
    await this.nothingArrived();
  }

  /** Presses once more while there is no companion: the page says so. */
  async againWithoutCompanion(): Promise<void> {
    await this.#what.again(this.#driver, this.mark);
    await this.#driver.click(this.#what.action.control);
    const said = "[...document.querySelectorAll('[role=status]')].map((e) => e.textContent).join(' ')";
    await until(
      this.#driver,
      `${said}.includes('companion is not running')`,
      "the page says that no companion runs",
      15_000,
    );
    await this.kept();
    await this.nothingArrived();
  }

  async approve(): Promise<void> {
    const { stack } = this.#place;
    const companion = this.#place.companion();
    const question = await this.question();
    await this.nothingArrived();
    await companion.answer(question, "approve");
    await eventually("it arrives", 15_000, async () => (await this.effect()) >= 1);
    this.wrong.push(...(await differences(this.verb, question.meaning, this.mark, stack)));
    await this.#recordedInOrder(question);
    await this.nothingAsked();
    this.expect((await this.effect()) === 1, "it arrived more than once");
  }

  async #recordedInOrder(question: Question): Promise<void> {
    const own = await eventually("the outcome on record", 15_000, async () => {
      const records = await this.#place.companion().records();
      const found = records.filter((r) => "action" in r && r.action === question.actionId);
      return found.some((r) => r.kind === "outcome") ? found : null;
    });
    const steps = own.map(inWords).join(", ");
    this.expect(steps === "decided ask, answered approved, spent, outcome sent", `the record says: ${steps}`);
    const mail = this.#place.stack.sink.messages().find((m) => m.subject === this.#what.draft);
    const spent = own.find((r) => r.kind === "spent");
    if (mail && spent)
      this.expect(spent.at <= mail.arrivedAt, `spent at ${spent.at}, after it arrived at ${mail.arrivedAt}`);
  }
}
