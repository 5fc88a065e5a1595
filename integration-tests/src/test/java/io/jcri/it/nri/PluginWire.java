package io.jcri.it.nri;

import com.google.protobuf.ByteString;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plugin's end of an NRI connection: ttrpc messages in multiplexed pieces, written from the
 * protocols' descriptions and not from the daemon's code.
 */
final class PluginWire implements AutoCloseable {
  static final int PLUGIN_SERVICE = 1;
  static final int RUNTIME_SERVICE = 2;
  static final byte REQUEST = 1;
  static final byte RESPONSE = 2;
  private static final int HEADER = 10;

  /** A ttrpc message and the logical connection it came by. */
  record Frame(int connection, int stream, byte type, ByteString data) {}

  private final SocketChannel channel;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final Map<Integer, ByteString> pending = new HashMap<>();

  private PluginWire(SocketChannel channel) {
    this.channel = channel;
    this.in = new DataInputStream(Channels.newInputStream(channel));
    this.out = new DataOutputStream(Channels.newOutputStream(channel));
  }

  static PluginWire connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return new PluginWire(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Waits for the next whole message; null at the end of the connection. */
  @Nullable Frame read() throws IOException {
    while (true) {
      for (Map.Entry<Integer, ByteString> entry : pending.entrySet()) {
        ByteString data = entry.getValue();
        if (data.size() >= HEADER) {
          ByteBuffer header = data.asReadOnlyByteBuffer();
          int length = header.getInt();
          if (data.size() >= HEADER + length) {
            int stream = header.getInt();
            byte type = header.get();
            entry.setValue(data.substring(HEADER + length));
            return new Frame(entry.getKey(), stream, type, data.substring(HEADER, HEADER + length));
          }
        }
      }
      int connection;
      try {
        connection = in.readInt();
      } catch (IOException ended) {
        return null;
      }
      ByteString piece = ByteString.copyFrom(in.readNBytes(in.readInt()));
      pending.merge(connection, piece, ByteString::concat);
    }
  }

  /** Sends a whole message in one piece. */
  synchronized void write(Frame frame) throws IOException {
    out.writeInt(frame.connection());
    out.writeInt(HEADER + frame.data().size());
    out.writeInt(frame.data().size());
    out.writeInt(frame.stream());
    out.writeByte(frame.type());
    out.writeByte(0);
    out.write(frame.data().toByteArray());
    out.flush();
  }

  /** Sends bytes that need not be a message. */
  synchronized void writeRaw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
