// Names the skipped checks of a vitest JSON report, then prints the one line that says how many tests ran.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const file of report.testResults) {
  for (const test of file.assertionResults) {
    if (test.status === "pending" || test.status === "skipped")
      process.stdout.write(`skipped: ${test.fullName}\n`);
  }
}
const failedFiles = report.testResults.filter(
  (file) => file.status === "failed" && file.assertionResults.length === 0,
);
const failed = report.numFailedTests + failedFiles.length;
const skipped = report.numPendingTests ? `, ${report.numPendingTests} skipped` : "";
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed${skipped}\n`);
