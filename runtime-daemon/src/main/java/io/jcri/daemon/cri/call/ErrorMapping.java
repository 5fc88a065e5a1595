package io.jcri.daemon.cri.call;

import io.grpc.Status;
import io.jcri.cni.CniException;
import io.jcri.daemon.core.JcriException;
import io.jcri.oci.OciException;
import io.jcri.sandbox.SandboxException;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.shim.ShimException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The one place where an exception becomes a gRPC status. */
public final class ErrorMapping {
  private ErrorMapping() {}

  public static Status status(Throwable failure) {
    return switch (failure) {
      case JcriException e ->
          code(e.kind()).withDescription(sentinel(e.kind()) + e.getMessage()).withCause(e);
      case OciException e when e.kind() == OciException.Kind.SIGNATURE_VALIDATION_FAILED ->
          status(
              new JcriException(
                  JcriException.Kind.SIGNATURE_VALIDATION_FAILED,
                  String.valueOf(e.getMessage()),
                  e));
      case OciException e -> code(e.kind()).withDescription(e.getMessage()).withCause(e);
      case UncheckedIOException e when e.getCause() != null -> status(io(e));
      case CniException e -> code(e).withDescription("network: " + e.getMessage()).withCause(e);
      case SandboxException e when e.kind() == SandboxException.Kind.INVALID ->
          Status.INVALID_ARGUMENT.withDescription(describe(e)).withCause(e);
      // Java's own, for a text with a NUL; of all others of its kind the fault is ours.
      case InvalidPathException e ->
          Status.INVALID_ARGUMENT.withDescription(describe(e)).withCause(e);
      case ShimException e when shimIsSilent(e) ->
          Status.UNAVAILABLE.withDescription(describe(e)).withCause(e);
      case OutOfMemoryError e ->
          Status.RESOURCE_EXHAUSTED
              .withDescription("the call needs more memory than this runtime has left")
              .withCause(e);
      case TimeoutException e -> Status.DEADLINE_EXCEEDED.withDescription(describe(e)).withCause(e);
      case IOException e when noSpace(e) ->
          Status.RESOURCE_EXHAUSTED.withDescription(describe(e)).withCause(e);
      default -> Status.INTERNAL.withDescription(describe(failure)).withCause(failure);
    };
  }

  private static boolean shimIsSilent(ShimException e) {
    return switch (e.kind()) {
      case TIMEOUT, LOST -> true;
      case REFUSED, INTERRUPTED, PROTOCOL -> false;
    };
  }

  private static Throwable io(UncheckedIOException e) {
    @Nullable IOException cause = e.getCause();
    if (cause == null) {
      return e; // the caller has looked
    }
    // the wrapper's own text, if it has one, names the path that the cause does not
    String text = e.getMessage();
    return text == null || text.equals(cause.toString())
        ? cause
        : new IOException(text + ": " + Reasons.ofNamed(cause), cause);
  }

  private static boolean noSpace(IOException e) {
    String text = String.valueOf(e.getMessage());
    return text.contains("No space left on device") || text.contains("ENOSPC");
  }

  private static String describe(Throwable failure) {
    return Reasons.of(failure);
  }

  private static Status code(CniException e) {
    return switch (e.reason()) {
      case INVALID -> Status.INVALID_ARGUMENT;
      case PORT_TAKEN -> Status.FAILED_PRECONDITION;
      case STORAGE -> noSpace(e) ? Status.RESOURCE_EXHAUSTED : Status.INTERNAL;
      case PLUGIN_FAILED,
          PLUGIN_MISSING,
          TIMEOUT,
          INTERRUPTED,
          BAD_OUTPUT,
          NOT_CONFIGURED,
          HOST_PORTS ->
          Status.UNAVAILABLE;
    };
  }

  private static Status code(JcriException.Kind kind) {
    return switch (kind) {
      case NOT_FOUND -> Status.NOT_FOUND;
      case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
      case INVALID -> Status.INVALID_ARGUMENT;
      case FAILED_PRECONDITION -> Status.FAILED_PRECONDITION;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case RESOURCE_EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
      case DEADLINE_EXCEEDED -> Status.DEADLINE_EXCEEDED;
      case UNIMPLEMENTED -> Status.UNIMPLEMENTED;
      case INTERNAL -> Status.INTERNAL;
      // The kubelet's client takes the code off this one status only, and with it the text that
      // would stand before the sentinel.
      case REGISTRY_UNAVAILABLE,
          SIGNATURE_VALIDATION_FAILED,
          RRO_UNSUPPORTED,
          IMAGE_VOLUME_MOUNT_FAILED ->
          Status.UNKNOWN;
    };
  }

  /** What cri-api's errors package has the kubelet look for at the beginning of a message. */
  private static String sentinel(JcriException.Kind kind) {
    return switch (kind) {
      case REGISTRY_UNAVAILABLE -> "RegistryUnavailable: ";
      case SIGNATURE_VALIDATION_FAILED -> "SignatureValidationFailed: ";
      case RRO_UNSUPPORTED -> "RROUnsupported: ";
      case IMAGE_VOLUME_MOUNT_FAILED -> "ImageVolumeMountFailed: ";
      case NOT_FOUND,
          ALREADY_EXISTS,
          INVALID,
          FAILED_PRECONDITION,
          UNAVAILABLE,
          RESOURCE_EXHAUSTED,
          DEADLINE_EXCEEDED,
          UNIMPLEMENTED,
          INTERNAL ->
          "";
    };
  }

  private static Status code(OciException.Kind kind) {
    return switch (kind) {
      case NOT_FOUND -> Status.NOT_FOUND;
      case INVALID -> Status.INVALID_ARGUMENT;
      case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
      case PERMISSION_DENIED -> Status.PERMISSION_DENIED;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case RESOURCE_EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
      case DATA_LOSS -> Status.DATA_LOSS;
      case FAILED_PRECONDITION -> Status.FAILED_PRECONDITION;
      case SIGNATURE_VALIDATION_FAILED -> Status.UNKNOWN;
      case DEADLINE_EXCEEDED -> Status.DEADLINE_EXCEEDED;
      case CANCELLED -> Status.CANCELLED;
      case INTERNAL -> Status.INTERNAL;
    };
  }
}
