package io.jcri.cni;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.jcri.cni.CniException.Reason;
import io.jcri.cni.Json.MalformedJsonException;
import io.jcri.cni.NetworkParser.InvalidNetworkException;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was attached and how, in the files and the format of libcni, {@code
 * <cacheDir>/results/<network>-<container id>-<interface>}:
 *
 * <pre>
 * {"kind":"cniCacheV1","containerId":"5e0a…","config":"&lt;base64 of the conflist&gt;","ifName":"eth0",
 *  "networkName":"jcri","netns":"/run/…","cniArgs":[["K8S_POD_NAME","web"]],
 *  "capabilityArgs":{…},"result":{…},"owner":"jcri","incomplete":true,
 *  "hostPorts":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]}
 * </pre>
 *
 * <p>{@code owner}, {@code incomplete} and {@code hostPorts} (those that we lead to the pod
 * ourselves) are ours, libcni ignores them. Other runtimes share the directory, and their
 * attachments are not ours to collect. An entry is written before the first plugin runs and is
 * incomplete until the last one has; if we die in between, the next detach still finds the chain
 * that was started.
 */
final class ResultCache {
  /**
   * One interface of one pod.
   *
   * @param network the chain as it was run
   * @param result what the chain answered, as far as it came
   * @param complete the chain ran to its end and the pod was given its network
   * @param ours this program attached it
   * @param written when the entry was last written
   */
  record Entry(
      Path file,
      Network network,
      Attachment attachment,
      Optional<JsonObject> result,
      boolean complete,
      boolean ours,
      Instant written) {
    /** The recorded network namespace, or an empty string when it is gone. */
    String existingNetns() {
      String netns = attachment.netns();
      return !netns.isEmpty() && Netns.isOne(Path.of(netns)) ? netns : "";
    }

    /** Whether it is of a pod of ours that may have an address, as it has a namespace. */
    boolean isInUse() {
      return ours && !existingNetns().isEmpty();
    }

    /** Whether it is of a pod of ours that has its network. */
    boolean lives() {
      return ours && complete && !existingNetns().isEmpty();
    }

    /** The pod's, with their prefix lengths. */
    List<String> addresses() {
      return result
          .map(json -> PodAddresses.withPrefixes(json, network.version(), attachment.ifName()))
          .orElse(List.of());
    }
  }

  private static final Logger log = LoggerFactory.getLogger(ResultCache.class);
  private static final String KIND = "cniCacheV1";
  private static final String OWNER = "jcri";

  private final Path directory;
  private final TornResults torn;

  ResultCache(Path cacheDir) {
    directory = cacheDir.resolve("results");
    torn = new TornResults(directory);
  }

  void write(Network network, Attachment attachment, Optional<JsonObject> result, boolean complete)
      throws CniException {
    JsonObject json = new JsonObject();
    json.addProperty("kind", KIND);
    json.addProperty("containerId", attachment.containerId());
    byte[] config = Json.write(network.toJson()).getBytes(StandardCharsets.UTF_8);
    json.addProperty("config", Base64.getEncoder().encodeToString(config));
    json.addProperty("ifName", attachment.ifName());
    json.addProperty("networkName", network.name());
    json.addProperty("netns", attachment.netns());
    JsonArray args = new JsonArray();
    attachment.args().forEach((key, value) -> args.add(Json.array(List.of(key, value))));
    json.add("cniArgs", args);
    if (!attachment.capabilityArgs().isEmpty()) {
      json.add("capabilityArgs", attachment.capabilityArgs());
    }
    result.ifPresent(value -> json.add("result", value));
    if (!attachment.hostPorts().isEmpty()) {
      json.add("hostPorts", HostPort.toJson(attachment.hostPorts()));
    }
    json.addProperty("owner", OWNER);
    if (!complete) {
      json.addProperty("incomplete", true);
    }

    String text = Json.write(json);
    if (text.length() > CniLimits.FILE) { // it would never be read again
      throw new CniException(
          Reason.INVALID,
          "network %s and its arguments take %d bytes, the limit is %d"
              .formatted(network.name(), text.length(), CniLimits.FILE));
    }
    Path file = file(network.name(), attachment);
    Path temporary = directory.resolve("." + file.getFileName());
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      // Not synced: a pod's interface dies with the machine, and a file left by a power cut too.
      Files.writeString(temporary, text);
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
      move(temporary, file);
    } catch (IOException e) {
      throw new CniException(
          Reason.STORAGE, "cannot write the cached result " + file + ": " + Reasons.ofNamed(e));
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  static void remove(Path file) throws CniException {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new CniException(
          Reason.STORAGE, "cannot remove the cached result " + file + ": " + Reasons.ofNamed(e));
    }
  }

  void remove(Network network, Attachment attachment) throws CniException {
    remove(file(network.name(), attachment));
  }

  /** The entries of one pod, by file name. */
  List<Entry> of(String containerId) throws CniException {
    List<Entry> entries = new ArrayList<>();
    for (Path file : files("-" + containerId + "-")) {
      read(file)
          .filter(entry -> entry.attachment().containerId().equals(containerId))
          .ifPresent(entries::add);
    }
    return entries;
  }

  /** All entries, also those of other runtimes. */
  List<Entry> all() throws CniException {
    List<Entry> entries = new ArrayList<>();
    for (Path file : files("")) {
      read(file).ifPresent(entries::add);
    }
    return entries;
  }

  /** What power cuts and kills have left here. */
  TornResults torn() {
    return torn;
  }

  private List<Path> files(String part) throws CniException {
    return files(directory, part, false);
  }

  /**
   * The files whose names have a part, by name.
   *
   * @param temporary those that have not been given their names, instead of the others
   */
  static List<Path> files(Path directory, String part, boolean temporary) throws CniException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path file : stream) {
        String name = file.getFileName().toString();
        if (name.startsWith(".") == temporary && name.contains(part)) {
          files.add(file);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new CniException(
          Reason.STORAGE,
          "cannot list the cached results in " + directory + ": " + Reasons.ofNamed(e));
    }
    files.sort(null);
    return files;
  }

  /**
   * A file that is no entry is nobody's attachment: it is passed over, as libcni does. One that
   * can't be read, for want of file descriptors say, may be somebody's.
   */
  private static Optional<Entry> read(Path file) throws CniException {
    try {
      JsonObject json = Json.read(file);
      if (!Json.string(json, "kind").orElse("").equals(KIND)) {
        return Optional.empty();
      }
      JsonObject config =
          Json.parseObject(
              new String(
                  Base64.getDecoder().decode(Json.string(json, "config").orElse("")),
                  StandardCharsets.UTF_8));
      Network network =
          config.has("plugins")
              ? NetworkParser.parseList(config, List.of(), file.toString())
              : NetworkParser.parseSingle(config, file.toString());
      Attachment attachment =
          new Attachment(
              Json.string(json, "containerId").orElse(""),
              path(Json.string(json, "netns").orElse("")),
              Json.string(json, "ifName").orElse(""),
              args(json),
              Json.object(json, "capabilityArgs").orElseGet(JsonObject::new),
              HostPort.fromJson(Json.objects(json, "hostPorts")));
      return Optional.of(
          new Entry(
              file,
              network,
              attachment,
              Json.object(json, "result"),
              json.has("result") && !json.has("incomplete"),
              Json.string(json, "owner").orElse("").equals(OWNER),
              Files.getLastModifiedTime(file).toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedJsonException | InvalidNetworkException | CniException | RuntimeException e) {
      log.warn("cached result {} is left out: {}", file, Reasons.of(e));
      return Optional.empty();
    } catch (IOException e) {
      throw new CniException(
          Reason.STORAGE, "cannot read the cached result " + file + ": " + Reasons.ofNamed(e));
    }
  }

  /** Throws for what can be none, so that the entry counts as damaged. */
  private static String path(String text) {
    return Path.of(text).toString();
  }

  private static Map<String, String> args(JsonObject json) {
    Map<String, String> args = new LinkedHashMap<>();
    if (json.get("cniArgs") instanceof JsonArray array) {
      for (JsonElement element : array) {
        if (element instanceof JsonArray pair
            && pair.size() == 2
            && pair.get(0) instanceof JsonPrimitive key
            && pair.get(1) instanceof JsonPrimitive value) {
          args.put(key.getAsString(), value.getAsString());
        }
      }
    }
    return args;
  }

  private Path file(String network, Attachment attachment) {
    return directory.resolve(
        "%s-%s-%s".formatted(network, attachment.containerId(), attachment.ifName()));
  }
}
