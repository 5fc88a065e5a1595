package io.jcri.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ProcessUser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivilegesTest {
  private static final ContainerProcess USER =
      ContainerProcess.of(List.of("app")).toBuilder()
          .user(new ProcessUser(1000, 1000, Optional.empty(), List.of()))
          .capabilities(
              new CapabilitySet(
                  List.of(Capability.CAP_KILL, Capability.CAP_CHECKPOINT_RESTORE),
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of()))
          .noNewPrivileges(true)
          .build();

  @TempDir Path images;

  /** A message under construction. */
  private static final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Bytes number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Bytes bytes(int field, byte[] value) {
      varint((long) field << 3 | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    byte[] done() {
      return out.toByteArray();
    }
  }

  private void write(String name, byte[]... messages) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(littleEndian(0x54564319));
    file.writeBytes(littleEndian(7));
    for (byte[] message : messages) {
      file.writeBytes(littleEndian(message.length));
      file.writeBytes(message);
    }
    Files.write(images.resolve(name), file.toByteArray());
  }

  private static byte[] littleEndian(int value) {
    return new byte[] {
      (byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)
    };
  }

  private static Bytes creds(long uid) {
    Bytes creds = new Bytes();
    for (int id = 1; id <= 8; id++) {
      creds.number(id, uid);
    }
    // CAP_KILL is 5, CAP_CHECKPOINT_RESTORE 40: the second word of 32
    return creds.number(10, 1 << 5).number(10, 1 << 8).number(18, 1);
  }

  private void core(Bytes creds, long seccomp) throws IOException {
    byte[] thread = new Bytes().bytes(10, creds.done()).number(11, seccomp).done();
    write("core-1.img", new Bytes().number(1, 1).bytes(5, thread).done());
  }

  private void check() throws IOException {
    Privileges.check("app", images, USER, true);
  }

  private void refused(String message) {
    assertThatThrownBy(this::check)
        .isInstanceOf(JcriException.class)
        .hasMessageContaining("app")
        .hasMessageContaining(message);
  }

  @Test
  void whatTheRequestAllowsPasses() throws IOException {
    core(creds(1000), 2);
    assertThatCode(this::check).doesNotThrowAnyException();
    core(creds(1234), 2); // a program may have changed from one user to another
    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void moreIsRefused() throws IOException {
    for (int set : new int[] {9, 10, 11, 12, 19}) {
      core(creds(1000).number(set, 1).number(set, 0), 2);
      if (set != 10) { // there it is the third word, see below
        refused("CAP_CHOWN");
      }
      core(creds(1000).number(set, 0).number(set, 0).number(set, 1), 2);
      refused("capabilities beyond");
    }
    core(creds(1000).bytes(12, new byte[] {0, 2}), 2); // packed
    refused("CAP_");
    core(creds(0), 2);
    refused("is root's");
    core(creds(1000).number(5, 0), 2);
    refused("is root's");
    core(creds(1000).number(18, 0), 2);
    refused("no_new_privs");
    core(creds(1000), 0);
    refused("seccomp");
  }

  @Test
  void everyThreadAndEveryImageCounts() throws IOException {
    core(creds(1000), 2);
    byte[] thread = new Bytes().bytes(10, creds(0).done()).number(11, 2).done();
    write("core-7.img", new Bytes().bytes(5, thread).done());
    refused("core-7.img");
    write("core-7.img", new Bytes().done());
    refused("says nothing of its thread");
    write("core-7.img", new Bytes().bytes(5, new Bytes().done()).done());
    refused("says nothing of its rights");
    // A reader of protobuf would merge two of one message.
    byte[] good = new Bytes().bytes(10, creds(1000).done()).number(11, 2).done();
    write("core-7.img", new Bytes().bytes(5, thread).bytes(5, good).done());
    refused("twice");
  }

  @Test
  void aMountOfTheHostsDataIsRefused() throws IOException {
    core(creds(1000), 2);
    byte[] point = "/data".getBytes(StandardCharsets.UTF_8);
    write("mountpoints-3.img", new Bytes().number(1, 16).bytes(7, point).done());
    refused("/data");
    write(
        "mountpoints-3.img",
        new Bytes().number(1, 16).bytes(7, point).bytes(18, point).done(),
        new Bytes().number(1, 0).bytes(7, new byte[] {'/'}).done(),
        new Bytes().number(1, 5).bytes(7, point).done());
    assertThatCode(this::check).doesNotThrowAnyException();
  }

  /** Each field takes two bytes here, and would take fifty as an object. */
  @Test
  void anImageOfEmptyFieldsTakesNoMoreThanItsSize() throws IOException {
    core(creds(1000), 2);
    byte[] fields = new byte[900_000];
    for (int i = 0; i < fields.length; i += 2) {
      fields[i] = 3 << 3 | 2;
    }
    write("mountpoints-3.img", fields);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    List<CriuImage.Message> messages = CriuImage.read("app", images.resolve("mountpoints-3.img"));
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(5L * fields.length);
    assertThat(messages).hasSize(1);
  }

  @Test
  void oneNumberOfManyValuesIsRefused() throws IOException {
    core(creds(1000).bytes(9, new byte[100_000]), 2);
    refused("more than 1000 values");
  }

  @Test
  void filesThatAreNoImagesAreRefused() throws IOException {
    refused("no process");
    for (byte[] content :
        new byte[][] {
          {},
          {1, 2, 3, 4, 5, 6, 7, 8},
          {0x19, 0x43, 0x56, 0x54, 0, 0, 0, 0, 127, 0, 0, 0},
          {0x19, 0x43, 0x56, 0x54, 0, 0, 0, 0, -1, -1, -1, -1},
          {0x19, 0x43, 0x56, 0x54, 0, 0, 0, 0, 2, 0, 0, 0, 0x0a, 0x7f},
          {0x19, 0x43, 0x56, 0x54, 0, 0, 0, 0, 1, 0, 0, 0, 0x0f},
          {0x19, 0x43, 0x56, 0x54, 0, 0, 0, 0, 2, 0, 0, 0, 0x08, -1}
        }) {
      Files.write(images.resolve("core-1.img"), content);
      assertThatThrownBy(this::check).isInstanceOf(JcriException.class);
    }
  }
}
