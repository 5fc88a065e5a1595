package io.jcri.it.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What came of each spec.
 *
 * @param leftOut how many specs the focus and skip arguments left out
 */
record Report(List<Spec> specs, int leftOut) {
  private static final int LONGEST_MESSAGE = 300;

  /** How a spec ended. */
  enum Outcome {
    PASSED,
    FAILED,
    SKIPPED
  }

  /**
   * One spec.
   *
   * @param message why it failed or skipped itself, else empty
   */
  record Spec(String name, Outcome outcome, String message, double seconds) {}

  /** Reads the JUnit XML that Ginkgo writes. */
  static Report read(Path file) throws IOException {
    List<Spec> specs = new ArrayList<>();
    int leftOut = 0;
    NodeList cases = parse(file).getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      if (cases.item(i) instanceof Element testCase) {
        Spec spec = spec(testCase);
        if (!spec.name().startsWith("[It]")) {
          if (spec.outcome() == Outcome.FAILED) {
            specs.add(spec); // the suite's own set-up
          }
        } else if (spec.outcome() == Outcome.SKIPPED && spec.message().isEmpty()) {
          leftOut++;
        } else {
          specs.add(spec);
        }
      }
    }
    return new Report(specs, leftOut);
  }

  /** This and the specs of another run, their names marked; what that one left out says nothing. */
  Report and(Report other, String mark) {
    List<Spec> all = new ArrayList<>(specs);
    other.specs.forEach(spec ->
        all.add(new Spec(spec.name() + mark, spec.outcome(), spec.message(), spec.seconds())));
    return new Report(all, leftOut);
  }

  long count(Outcome outcome) {
    return specs.stream().filter(spec -> spec.outcome() == outcome).count();
  }

  /** Returns the lines to end with: what failed, what skipped itself, and the counts. */
  List<String> summary() {
    List<String> lines = new ArrayList<>();
    for (Outcome outcome : List.of(Outcome.SKIPPED, Outcome.FAILED)) {
      specs.stream()
          .filter(spec -> spec.outcome() == outcome)
          .forEach(spec -> lines.add("%s %s: %s".formatted(outcome, spec.name(), spec.message())));
    }
    if (leftOut > 0) {
      lines.add(leftOut + " specs were left out by --focus, --skip or critest itself");
    }
    lines.add(
        "%d passed, %d failed, %d skipped"
            .formatted(count(Outcome.PASSED), count(Outcome.FAILED), count(Outcome.SKIPPED)));
    return lines;
  }

  private static Spec spec(Element testCase) {
    String name = testCase.getAttribute("name");
    String seconds = testCase.getAttribute("time");
    double time = seconds.isEmpty() ? 0 : Double.parseDouble(seconds);
    for (String bad : List.of("failure", "error")) {
      if (testCase.getElementsByTagName(bad).item(0) instanceof Element element) {
        return new Spec(name, Outcome.FAILED, oneLine(element.getAttribute("message")), time);
      }
    }
    if (testCase.getElementsByTagName("skipped").item(0) instanceof Element element) {
      String message = oneLine(element.getAttribute("message"));
      return new Spec(name, Outcome.SKIPPED, reason(message), time);
    }
    return new Spec(name, Outcome.PASSED, "", time);
  }

  /** Ginkgo says "skipped - why" for a spec that skipped itself, and "skipped" for one left out. */
  private static String reason(String message) {
    return message.startsWith("skipped") ? message.replaceFirst("^skipped( - )?", "") : message;
  }

  private static String oneLine(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…";
  }

  private static Document parse(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      DocumentBuilder builder = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
      builder.setErrorHandler(null); // or it prints what it also throws
      return builder.parse(in);
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException("cannot read the report " + file, e);
    }
  }
}
