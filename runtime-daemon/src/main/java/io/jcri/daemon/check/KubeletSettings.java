package io.jcri.daemon.check;

import io.jcri.oci.OciException;
import io.jcri.oci.PlainYaml;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the kubelet is configured: by its file, and by flags, which beat the file.
 *
 * @param from where it was read
 * @param file keys of its configuration; a map of maps, lists and texts
 * @param flags without their dashes
 */
record KubeletSettings(String from, Map<?, ?> file, Map<String, String> flags) {
  private static final String USUAL = "var/lib/kubelet/config.yaml";
  private static final String KUBEADM = "var/lib/kubelet/kubeadm-flags.env";

  /**
   * Of the file that somebody has named; else of the kubelet that runs, or would.
   *
   * @return empty when there is none
   * @throws IOException naming the file that can't be read
   */
  static Optional<KubeletSettings> find(CheckedNode node) throws IOException {
    if (node.kubelet().isPresent()) {
      Path named = node.kubelet().get();
      return Optional.of(new KubeletSettings(named.toString(), read(named), Map.of()));
    }
    Optional<Map<String, String>> running = running(node);
    Map<String, String> flags = running.orElseGet(() -> kubeadm(node));
    Path file =
        Optional.ofNullable(flags.get("config")).map(Path::of).orElseGet(() -> node.at(USUAL));
    if (!Files.exists(file) && flags.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new KubeletSettings(
            running.isPresent() ? "the kubelet that runs" : file.toString(),
            Files.exists(file) ? read(file) : Map.of(),
            flags));
  }

  private static Map<?, ?> read(Path file) throws IOException {
    try {
      return PlainYaml.parse(Files.readString(file)) instanceof Map<?, ?> map ? map : Map.of();
    } catch (OciException e) {
      throw new IOException(file + " " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IOException(Reasons.ofNamed(e), e);
    }
  }

  private static Optional<Map<String, String>> running(CheckedNode node) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(node.at("proc"), "[1-9]*")) {
      for (Path process : processes) {
        List<String> line = line(process.resolve("cmdline"));
        if (!line.isEmpty() && line.getFirst().matches("(.*/)?kubelet")) {
          return Optional.of(flags(line.subList(1, line.size())));
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> line(Path file) {
    try {
      return List.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\0"));
    } catch (IOException e) {
      return List.of(); // it has ended meanwhile, or is no process
    }
  }

  /** Of the line {@code KUBELET_KUBEADM_ARGS="--a=b --c=d"}. */
  private static Map<String, String> kubeadm(CheckedNode node) {
    try {
      String text = node.text(KUBEADM).orElse("");
      int start = text.indexOf('"');
      int end = text.lastIndexOf('"');
      return start < 0 || end <= start
          ? Map.of()
          : flags(Stream.of(text.substring(start + 1, end).strip().split("\\s+")).toList());
    } catch (IOException e) {
      return Map.of();
    }
  }

  /** Flags in any form that the kubelet takes: {@code --a=b}, {@code --a b}, {@code --a}. */
  static Map<String, String> flags(List<String> words) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("-")) {
        continue;
      }
      String[] parts = word.replaceFirst("^--?", "").split("=", 2);
      boolean next = i + 1 < words.size() && !words.get(i + 1).startsWith("-");
      flags.put(parts[0], parts.length == 2 ? parts[1] : next ? words.get(i + 1) : "true");
    }
    return flags;
  }

  /** A setting by the flag or by the key of the file. */
  Optional<String> value(String flag, String key) {
    return Optional.ofNullable(flags.get(flag))
        .or(() -> Optional.ofNullable(file.get(key)).map(String::valueOf))
        .filter(text -> !text.isEmpty());
  }

  /** Whether a feature gate was set to something. */
  Optional<Boolean> gate(String name) {
    return Stream.of(flags.getOrDefault("feature-gates", "").split(","))
        .map(gate -> gate.split("=", 2))
        .filter(gate -> gate.length == 2 && gate[0].strip().equals(name))
        .map(gate -> Boolean.valueOf(gate[1].strip()))
        .findFirst()
        .or(() ->
            file.get("featureGates") instanceof Map<?, ?> gates && gates.containsKey(name)
                ? Optional.of(Boolean.valueOf(String.valueOf(gates.get(name))))
                : Optional.empty());
  }
}
