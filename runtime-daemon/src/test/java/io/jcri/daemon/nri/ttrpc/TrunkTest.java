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
import org.junit.jupiter.api.Test;

class TrunkTest {

  @Test
  void aSmallMessageIsOnePiece() throws IOException {
    byte[] wire = written(new byte[] {7, 8});
    assertThat(wire).containsExactly(0, 0, 0, 2, 0, 0, 0, 2, 7, 8);
    Trunk.Piece piece = Trunk.read(channel(wire));
    assertThat(piece.connection()).isEqualTo(2);
    assertThat(piece.data()).isEqualTo(ByteBuffer.wrap(new byte[] {7, 8}));
  }

  /** Plugins read a message's beginning into a buffer of 4096 bytes and lose what does not fit. */
  @Test
  void aLargeMessageIsASmallPieceAndTheRest() throws IOException {
    ReadableByteChannel wire = channel(written(new byte[10_000]));
    assertThat(Trunk.read(wire).data().remaining()).isEqualTo(4096);
    assertThat(Trunk.read(wire).data().remaining()).isEqualTo(10_000 - 4096);
    assertThatThrownBy(() -> Trunk.read(wire)).isInstanceOf(EOFException.class);
  }

  @Test
  void aPieceThatClaimsTooMuchIsRefused() {
    for (int length : new int[] {(4 << 20) + 11, Integer.MAX_VALUE, -1}) {
      byte[] header = ByteBuffer.allocate(8).putInt(1).putInt(length).array();
      assertThatThrownBy(() -> Trunk.read(channel(header)))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(EOFException.class)
          .hasMessageContaining(Integer.toUnsignedString(length));
    }
  }

  @Test
  void anEndInTheMiddleOfAPieceIsTheEnd() {
    for (int bytes = 0; bytes < 10; bytes++) {
      byte[] cut = new byte[bytes];
      if (bytes >= 8) {
        ByteBuffer.wrap(cut).putInt(1).putInt(5);
      }
      assertThatThrownBy(() -> Trunk.read(channel(cut))).isInstanceOf(EOFException.class);
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
