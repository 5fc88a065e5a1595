package io.jcri.daemon.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each figure is documented, and what is documented is served: by name, type and labels. */
class DocumentedFiguresTest {
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z_]+)` \\| (counter|gauge|histogram|summary) \\| ([a-z, ]*)\\| .*");
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)\\{(.*)} .*");
  private static final Pattern LABEL = Pattern.compile("([a-z]+)=\"");

  private static Map<String, String> documented() throws IOException {
    Map<String, String> figures = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("docs/metrics.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        figures.put(row.group(1), row.group(2) + " " + row.group(3).strip());
      }
    }
    return figures;
  }

  private static Map<String, String> served() throws IOException {
    String run = "runtime.v1.RuntimeService/RunPodSandbox";
    Figures figures = new Figures(new QuietNode(), List.of(run));
    figures.work().called(run);
    figures.work().answered(run, "OK", 1);
    figures.work().stage("RunPodSandbox", "network", 1);
    figures.work().network("add", true, 1);
    figures.work().event("CREATED");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String _ = figures.write(null, out);
    Map<String, String> types = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    String name = "";
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (type.matches()) {
        name = type.group(1);
        types.put(name, type.group(2));
        Set<String> _ = labels.computeIfAbsent(name, _ -> new TreeSet<>());
      } else if (sample.matches()) {
        Matcher label = LABEL.matcher(sample.group(2));
        while (label.find()) {
          if (!label.group(1).equals("le")) {
            labels.computeIfAbsent(name, _ -> new TreeSet<>()).add(label.group(1));
          }
        }
      }
    }
    Map<String, String> served = new TreeMap<>();
    types.forEach((figure, type) ->
        served.put(figure, type + " " + String.join(", ", labels.getOrDefault(figure, Set.of()))));
    return served;
  }

  @Test
  void whatIsDocumentedIsWhatIsServed() throws IOException {
    assertThat(documented()).isEqualTo(served()).hasSizeGreaterThan(30);
  }

  /** Of what a dashboard or an alert asks for. */
  @Test
  void dashboardAndAlertsAskForWhatThereIs() throws IOException {
    Set<String> known = new TreeSet<>(served().keySet());
    Pattern asked = Pattern.compile("\\b(?:jcri|jvm|process)_[a-z_]+");
    for (String file : List.of("jcri-alerts.yaml", "jcri-dashboard.json")) {
      Matcher name = asked.matcher(Files.readString(Path.of("packaging/prometheus", file)));
      int count = 0;
      while (name.find()) {
        assertThat(known).contains(name.group().replaceFirst("_(bucket|count|sum)$", ""));
        count++;
      }
      assertThat(count).as(file).isGreaterThan(10);
    }
  }
}
