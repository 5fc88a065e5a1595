package io.jcri.daemon.nri.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TrunkTest {

  @Test
  void aSmallMessageIsOnePiece() throws IOException {
    byte[] wire = written(new byte[] {7, 8});
    assertThat(wire).containsExactly(0, 0, 0, 2, 0, 0, 0, 2, 7, 8);
    TrunkReader.Part part = new TrunkReader(channel(wire)).read();
    assertThat(part.connection()).isEqualTo(2);
    assertThat(part.data()).isEqualTo(ByteBuffer.wrap(new byte[] {7, 8}));
  }

  /** Plugins read a message's beginning into a buffer of 4096 bytes and lose what does not fit. */
  @Test
  void aLargeMessageIsASmallPieceAndTheRest() throws IOException {
    TrunkReader wire = new TrunkReader(channel(written(new byte[10_000])));
    assertThat(wire.read().data().remaining()).isEqualTo(4096);
    assertThat(wire.read().data().remaining()).isEqualTo(10_000 - 4096);
    assertThatThrownBy(wire::read).isInstanceOf(EOFException.class);
  }

  @Test
  void aPieceThatClaimsTooMuchIsRefused() {
    for (int length : new int[] {(4 << 20) + 11, Integer.MAX_VALUE, -1}) {
      byte[] header = ByteBuffer.allocate(8).putInt(1).putInt(length).array();
      assertThatThrownBy(() -> new TrunkReader(channel(header)).read())
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(EOFException.class)
          .hasMessageContaining(Integer.toUnsignedString(length));
    }
  }

  /** Nothing is allocated for what a header only announces. */
  @Test
  void aLargePieceComesInParts() throws IOException {
    byte[] header = ByteBuffer.allocate(8).putInt(2).putInt(100_000).array();
    byte[] wire = Arrays.copyOf(header, 8 + 70_000);
    TrunkReader reader = new TrunkReader(channel(wire));
    assertThat(reader.read().data().remaining()).isEqualTo(64 << 10);
    assertThatThrownBy(reader::read).isInstanceOf(EOFException.class);
  }

  @Test
  void anEndInTheMiddleOfAPieceIsTheEnd() {
    for (int bytes = 0; bytes < 10; bytes++) {
      byte[] cut = new byte[bytes];
      if (bytes >= 8) {
        ByteBuffer.wrap(cut).putInt(1).putInt(5);
      }
      assertThatThrownBy(() -> new TrunkReader(channel(cut)).read())
          .isInstanceOf(EOFException.class);
    }
  }

  private static byte[] written(byte[] message) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Trunk.write(Channels.newChannel(out), 2, message);
    return out.toByteArray();
  }

  private static ReadableByteChannel channel(byte[] bytes) {
    return Channels.newChannel(new ByteArrayInputStream(bytes));
  }
}
