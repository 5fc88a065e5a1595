package io.jcri.daemon.cri.call;

import static io.jcri.daemon.core.JcriException.invalid;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import io.jcri.daemon.budget.Bound;
import io.jcri.sandbox.cgroup.SystemdPaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What no text of a request may be. Most of them become a path, an argument, a variable or a line
 * of a file, and none of these can hold a NUL: a pod that has one could not be undone by those who
 * were never told its name. So no text of any request has one.
 */
public final class Texts {
  private static final int MAX_STEP = 255;

  private Texts() {}

  /**
   * Looks at all texts of a request, keys of maps among them.
   *
   * <p>By the message's bytes: asking it by its descriptors would load the reflection of each of
   * its hundred types, and take as long as the start of a pod.
   */
  public static void check(Message request) {
    try {
      check(request.toByteString().newCodedInput(), request.getDescriptorForType(), "");
    } catch (IOException e) {
      throw new IllegalStateException("a request that was read can't be read again", e);
    }
  }

  private static void check(CodedInputStream in, Descriptor type, String field) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      FieldDescriptor known = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      boolean delimited = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (known != null && delimited && known.getType() == FieldDescriptor.Type.STRING) {
        byte[] text = in.readByteArray();
        for (byte one : text) {
          if (one == 0) {
            throw invalid(name(type, known, field) + " has a NUL");
          }
        }
      } else if (known != null && delimited && known.getType() == FieldDescriptor.Type.MESSAGE) {
        int outer = in.pushLimit(in.readRawVarint32());
        check(in, known.getMessageType(), name(type, known, field));
        in.popLimit(outer);
      } else if (!in.skipField(tag)) {
        return;
      }
    }
  }

  /** A map's entry has fields of its own, which nobody has written. */
  private static String name(Descriptor type, FieldDescriptor field, String outer) {
    if (type.getOptions().getMapEntry()) {
      return outer;
    }
    return outer.isEmpty() ? field.getName() : outer + "." + field.getName();
  }

  /** An absolute path, or nothing. */
  public static String absolute(String path, String field) {
    if (!path.isEmpty() && !path.startsWith("/")) {
      throw invalid(field + " must be absolute: " + path);
    }
    return path;
  }

  /** A part of a pod's name, of which CNI plugins are told in one variable. */
  public static String named(String text, String field) {
    if (text.isEmpty()) {
      throw invalid(field + " must not be empty");
    }
    long limit = Bound.POD_NAME.limit();
    if (bytes(text) > limit) {
      throw invalid("%s has %d bytes, of %d that it may have".formatted(field, bytes(text), limit));
    }
    if (text.indexOf(';') >= 0) {
      throw invalid(field + " must not have a \";\", which ends an argument of CNI: " + text);
    }
    return text;
  }

  /**
   * A cgroup must have room for those of the pod's containers below it, in every hierarchy, within
   * the kernel's 4,096 bytes of a path.
   */
  public static String cgroupParent(String parent, String field) {
    long length = Math.max(bytes(parent), sliceLength(parent));
    if (length > Bound.CGROUP_PARENT.limit()) {
      throw invalid(
          "%s makes a path of %d bytes, of %d that it may have"
              .formatted(field, length, Bound.CGROUP_PARENT.limit()));
    }
    for (String step : parent.split("/", -1)) {
      if (step.equals(".") || step.equals("..") || bytes(step) > MAX_STEP) {
        throw invalid(field + " has a step that no cgroup may have: " + step);
      }
    }
    return parent;
  }

  /** systemd nests {@code a-b.slice} in {@code a.slice}, and the path grows with each dash. */
  private static int sliceLength(String parent) {
    String slice = parent.substring(parent.lastIndexOf('/') + 1);
    if (!slice.endsWith(".slice") || bytes(slice) > MAX_STEP) {
      return 0;
    }
    try {
      return bytes(SystemdPaths.sliceDirectory(slice));
    } catch (IllegalArgumentException e) {
      return 0; // no slice, but to cgroupfs a name like any other
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
