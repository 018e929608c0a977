import { describe, expect, test } from "vitest";
import { browserPath, useGallery } from "./browser.js";

const { open } = useGallery();

describe.skipIf(browserPath === undefined)("a menu", () => {
  test("that is opened again at once after a choice stays open and takes the keyboard", async () => {
    const page = await open("curves");
    const trigger = page.getByRole("button", { name: "Options of loss", exact: true });
    await trigger.click();
    const item = page.getByRole("menuitem", { name: "Save as PNG" });
    await item.waitFor();
    // Nobody chooses before he sees it: a menu that is still appearing would be kept until it has appeared.
    await page
      .getByRole("menu")
      .evaluate((menu) => Promise.all(menu.getAnimations().map(({ finished }) => finished)));
    // Both clicks before any timer of the page runs: a busy page takes input first.
    await page.evaluate(async () => {
      const click = (element: Element | null | undefined) => {
        const options = { bubbles: true, cancelable: true, button: 0 };
        element?.dispatchEvent(new PointerEvent("pointerdown", options));
        element?.dispatchEvent(new PointerEvent("pointerup", options));
        element?.dispatchEvent(new MouseEvent("click", options));
      };
      const button = document.querySelector("[aria-haspopup=menu][aria-expanded=true]");
      click(document.querySelector("[role=menuitem]"));
      await Promise.resolve();
      click(button);
      // The focus that the first menu gives back comes with the first timer.
      await new Promise((done) => setTimeout(() => setTimeout(done)));
    });
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    expect(await trigger.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("End");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("role")))
      .toMatch(/^menuitem/);
    await page.close();
  });
});
