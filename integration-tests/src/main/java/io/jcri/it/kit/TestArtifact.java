package io.jcri.it.kit;

import java.util.List;

/**
 * What a tag can name: one image, an index of images for several platforms, plain files, or a
 * signature.
 */
public sealed interface TestArtifact permits TestImage, TestIndex, TestFiles, TestSignature {
  /** The manifest or the index itself; its digest is the one that a reference may name. */
  Blob manifest();

  String mediaType();

  /** The images below, or this one. */
  List<TestImage> images();

  /** The blobs that the manifest points to and that are no part of an image. */
  default List<Blob> loose() {
    return List.of();
  }
}
