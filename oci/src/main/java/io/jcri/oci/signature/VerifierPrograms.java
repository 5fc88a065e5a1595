package io.jcri.oci.signature;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Programs that say whether an image may be pulled, called as containerd calls its image verifiers:
 * each in a directory, in the order of names, with {@code -name REF -digest DIGEST
 * -stdin-media-type application/vnd.oci.descriptor.v1+json} and the descriptor on its standard
 * input. Exit 0 is yes; what it writes is the reason. All must say yes. Thread-safe.
 */
public final class VerifierPrograms {

  private static final Logger LOG = LoggerFactory.getLogger(VerifierPrograms.class);

  private static final String DESCRIPTOR_TYPE = "application/vnd.oci.descriptor.v1+json";
  private static final int MAX_PROGRAMS = 10;
  private static final int MAX_OUTPUT = 32 << 10;
  private static final int MAX_TOLD = 1_000;

  private final Path directory;
  private final Duration timeout;

  /**
   * Runs nothing yet.
   *
   * @param timeout of each program; then it is killed and the pull fails
   */
  public VerifierPrograms(Path directory, Duration timeout) {
    this.directory = directory;
    this.timeout = timeout;
  }

  /**
   * Asks all.
   *
   * @param top what the reference has been resolved to
   * @throws OciException SIGNATURE_VALIDATION_FAILED when one says no or cannot be asked; CANCELLED
   */
  void ask(ImageReference reference, Descriptor top) {
    for (Path program : programs()) {
      Answer answer;
      try {
        answer = run(program, reference, top);
      } catch (IOException e) {
        throw failed(program, reference, Reasons.of(e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new OciException(
            Kind.CANCELLED, "image %s: asking %s was interrupted".formatted(reference, program), e);
      }
      String said = answer.said.strip();
      if (answer.code != 0) {
        String told = said.length() > MAX_TOLD ? said.substring(0, MAX_TOLD) + "..." : said;
        throw failed(
            program,
            reference,
            "it rejects the image (exit code %d): %s".formatted(answer.code, told));
      }
      LOG.debug("verifier {} accepts {}: {}", program, reference, said);
    }
  }

  private static OciException failed(Path program, ImageReference reference, String why) {
    return new OciException(
        Kind.SIGNATURE_VALIDATION_FAILED,
        "image %s: verifier %s: %s".formatted(reference, program, why));
  }

  private List<Path> programs() {
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> programs = entries.sorted().limit(MAX_PROGRAMS + 1).toList();
      if (programs.size() > MAX_PROGRAMS) {
        throw new OciException(
            Kind.SIGNATURE_VALIDATION_FAILED,
            "more than %d verifiers in %s".formatted(MAX_PROGRAMS, directory));
      }
      return programs;
    } catch (NoSuchFileException e) {
      // One that is asked for and missing must not let everything in.
      throw new OciException(
          Kind.SIGNATURE_VALIDATION_FAILED, "there is no directory " + directory, e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot read " + directory, e);
    }
  }

  private record Answer(int code, String said) {}

  private Answer run(Path program, ImageReference reference, Descriptor top)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "-name",
                reference.toString(),
                "-digest",
                top.digest().toString(),
                "-stdin-media-type",
                DESCRIPTOR_TYPE)
            .directory(Path.of("/").toFile())
            .start();
    try {
      CompletableFuture<String> said = reading(process.getInputStream());
      CompletableFuture<String> noted = reading(process.getErrorStream());
      tell(process.getOutputStream(), top);
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("no answer within " + timeout.toSeconds() + " s");
      }
      // A child of its own may keep the pipes open.
      process.descendants().forEach(child -> child.destroyForcibly());
      note(noted).accept(program);
      return new Answer(process.exitValue(), text(said));
    } finally {
      process.descendants().forEach(child -> child.destroyForcibly());
      process.destroyForcibly();
    }
  }

  private static Consumer<Path> note(CompletableFuture<String> noted) throws IOException {
    String text = text(noted).strip();
    return program -> {
      if (!text.isEmpty()) {
        LOG.debug("verifier {}: {}", program, text);
      }
    };
  }

  /** It need not be read. */
  private static void tell(OutputStream in, Descriptor top) {
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mediaType", top.mediaType());
    descriptor.put("digest", top.digest().toString());
    descriptor.put("size", top.size());
    try (in) {
      in.write(Json.toBytes(descriptor));
    } catch (IOException e) {
      LOG.debug("a verifier has not read the descriptor: {}", Reasons.of(e));
    }
  }

  /** Reads all, so that the program is not held up, and keeps the beginning. */
  private static CompletableFuture<String> reading(InputStream from) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .name("verifier-output")
            .start(() -> {
              try (from) {
                byte[] kept = from.readNBytes(MAX_OUTPUT);
                long more = from.transferTo(OutputStream.nullOutputStream());
                boolean _ =
                    text.complete(
                        new String(kept, StandardCharsets.UTF_8)
                            + (more > 0 ? "(and %d bytes more)".formatted(more) : ""));
              } catch (IOException e) {
                boolean _ = text.completeExceptionally(e);
              }
            });
    return text;
  }

  private static String text(CompletableFuture<String> reading) throws IOException {
    try {
      return reading.orTimeout(1, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw new IOException("its output cannot be read: " + Reasons.of(e), e);
    }
  }
}
