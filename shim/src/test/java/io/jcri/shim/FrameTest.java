package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static byte[] body(byte[] frame) {
    return Arrays.copyOfRange(frame, Wire.HEADER_BYTES, frame.length);
  }

  @Test
  void fieldsComeBack() throws ShimException {
    byte[] bytes =
        Frame.request(Wire.EXEC_SYNC)
            .bytes(Wire.TAG_PROCESS, "{}".getBytes(StandardCharsets.UTF_8))
            .number(Wire.TAG_TIMEOUT_MILLIS, -5)
            .flag(Wire.TAG_TTY, true)
            .encode();
    ByteBuffer header = ByteBuffer.wrap(bytes);
    assertThat(header.getInt()).isEqualTo(bytes.length - Wire.HEADER_BYTES);
    assertThat(header.getShort()).isEqualTo((short) Wire.VERSION);
    assertThat(header.getShort()).isEqualTo((short) Wire.EXEC_SYNC);
    Frame frame = Frame.parse(1, Wire.EXEC_SYNC, body(bytes));
    assertThat(frame.text(Wire.TAG_PROCESS)).isEqualTo("{}");
    assertThat(frame.number(Wire.TAG_TIMEOUT_MILLIS)).isEqualTo(-5);
    assertThat(frame.flag(Wire.TAG_TTY)).isTrue();
    assertThat(frame.number(Wire.TAG_LIMIT)).isZero();
    assertThat(frame.text(Wire.TAG_ERROR)).isEmpty();
    assertThat(StandardCharsets.UTF_8.decode(frame.bytes(Wire.TAG_PROCESS)).toString())
        .isEqualTo("{}");
    assertThat(frame.bytes(Wire.TAG_DATA).hasRemaining()).isFalse();
  }

  @Test
  void halfFieldsAreRefused() {
    byte[] bytes = body(Frame.request(Wire.STATUS).number(Wire.TAG_PID, 1).encode());
    for (int length = 1; length < bytes.length; length++) {
      byte[] half = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> Frame.parse(1, Wire.OK, half))
          .isInstanceOfSatisfying(
              ShimException.class,
              e -> assertThat(e.kind()).isEqualTo(ShimException.Kind.PROTOCOL));
    }
  }

  @Test
  void anyBytesAreEitherFieldsOrRefused() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4711);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      if (bytes.length > 8 && random.nextBoolean()) {
        // A plausible length, so that some of them get beyond the first field.
        bytes[4] = bytes[5] = bytes[6] = 0;
        bytes[7] = (byte) random.nextInt(bytes.length);
      }
      try {
        Frame frame = Frame.parse(1, Wire.OK, bytes);
        for (int tag = 0; tag < 32; tag++) {
          frame.number(tag);
          frame.text(tag);
        }
      } catch (ShimException refused) {
        assertThat(refused.kind()).isEqualTo(ShimException.Kind.PROTOCOL);
      }
    }
  }
}
