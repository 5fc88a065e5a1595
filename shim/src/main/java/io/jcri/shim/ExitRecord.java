package io.jcri.shim;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What became of a container. The shim puts it on disk, by rename, before it tells anyone:
 *
 * <pre>{@code
 * {"version":1,"containerId":"c1","pid":4711,"exitCode":137,"signal":9,
 *  "startedAtNanos":1795235482000000000,"finishedAtNanos":1795235483000000000,"oomKilled":false,
 *  "killRequested":true,"logDropped":0}
 * }</pre>
 *
 * @param containerId the container's id
 * @param pid its first process, as the host numbered it
 * @param exitCode 0 to 255; 128 + signal when a signal ended it
 * @param signal the signal that ended it, 0 for none
 * @param startedAtNanos when it ran, nanoseconds since the epoch
 * @param finishedAtNanos when it was reaped, nanoseconds since the epoch
 * @param oomKilled whether the kernel killed any process of the container for want of memory; that
 *     need not have been the first process, so a reader also looks at the exit code and at
 *     killRequested
 * @param killRequested whether the SIGKILL that ended it came through the shim, from us; shims of
 *     before this field say no
 * @param logDropped bytes of its output that were dropped, since the disk of its log was full, and
 *     of which the log does not tell; shims before this field say 0
 * @param codeLost whether nobody knows how it ended: its shim had died, and the one that took over
 *     could not learn it
 */
public record ExitRecord(
    String containerId,
    int pid,
    int exitCode,
    int signal,
    long startedAtNanos,
    long finishedAtNanos,
    boolean oomKilled,
    boolean killRequested,
    long logDropped,
    boolean codeLost) {
  private static final int VERSION = 1;
  private static final long MAX_BYTES = 64 * 1024;

  /**
   * Reads a record.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   * @throws IOException when it cannot be read or is no record of a known version
   */
  public static ExitRecord read(Path path) throws IOException {
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException("exit record " + path + " is larger than " + MAX_BYTES + " bytes");
    }
    try {
      JsonObject fields =
          JsonParser.parseString(Files.readString(path, StandardCharsets.UTF_8)).getAsJsonObject();
      int version = fields.get("version").getAsInt();
      if (version != VERSION) {
        throw new IOException("exit record " + path + " has unknown version " + version);
      }
      return new ExitRecord(
          fields.get("containerId").getAsString(),
          fields.get("pid").getAsInt(),
          fields.get("exitCode").getAsInt(),
          fields.get("signal").getAsInt(),
          fields.get("startedAtNanos").getAsLong(),
          fields.get("finishedAtNanos").getAsLong(),
          fields.get("oomKilled").getAsBoolean(),
          fields.has("killRequested") && fields.get("killRequested").getAsBoolean(),
          fields.has("logDropped") ? fields.get("logDropped").getAsLong() : 0,
          fields.has("codeLost") && fields.get("codeLost").getAsBoolean());
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new IOException("exit record " + path + " is damaged", e);
    }
  }
}
