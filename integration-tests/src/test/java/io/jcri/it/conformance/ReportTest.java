package io.jcri.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final String XML =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites tests="5"><testsuite name="CRI validation">
        <testcase name="[BeforeSuite]" status="passed" time="0.1"></testcase>
        <testcase name="[It] pods start" status="passed" time="1.5"></testcase>
        <testcase name="[It] pods stop" status="failed" time="2">
          <failure message="Timed out&#xA;  after 60s" type="failed">long story</failure>
        </testcase>
        <testcase name="[It] AppArmor" status="skipped" time="0">
          <skipped message="skipped - AppArmor is disabled"></skipped>
        </testcase>
        <testcase name="[It] benchmark" status="skipped" time="0">
          <skipped message="skipped"></skipped>
        </testcase>
      </testsuite></testsuites>
      """;

  @TempDir Path folder;

  @Test
  void countsSpecsAndNotWhatWasLeftOut() throws IOException {
    Report report = Report.read(Files.writeString(folder.resolve("r.xml"), XML));

    assertThat(report.leftOut()).isEqualTo(1);
    assertThat(report.summary())
        .containsExactly(
            "SKIPPED [It] AppArmor: AppArmor is disabled",
            "FAILED [It] pods stop: Timed out after 60s",
            "1 specs were left out by --focus, --skip or critest itself",
            "1 passed, 1 failed, 1 skipped");
  }

  @Test
  void aSetUpThatFailedCountsAsFailed() throws IOException {
    String failed =
        XML.replace(
            "status=\"passed\" time=\"0.1\">",
            "status=\"failed\" time=\"0.1\"><failure message=\"no socket\"/>");

    Report report = Report.read(Files.writeString(folder.resolve("r.xml"), failed));

    assertThat(report.count(Report.Outcome.FAILED)).isEqualTo(2);
  }

  @Test
  void aSecondRunCountsToo() throws IOException {
    Report report = Report.read(Files.writeString(folder.resolve("r.xml"), XML));

    Report both = report.and(report, " again");
    assertThat(both.leftOut()).isEqualTo(1);
    assertThat(both.summary())
        .contains("FAILED [It] pods stop again: Timed out after 60s")
        .endsWith("2 passed, 2 failed, 2 skipped");
  }

  @Test
  void aTornReportIsAnErrorThatNamesIt() throws IOException {
    Path torn = Files.writeString(folder.resolve("torn.xml"), XML.substring(0, 200));

    assertThatThrownBy(() -> Report.read(torn))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(torn.toString());
  }
}
