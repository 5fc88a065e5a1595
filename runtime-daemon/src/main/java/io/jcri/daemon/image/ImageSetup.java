package io.jcri.daemon.image;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.oci.distribution.config.RegistriesConf;
import io.jcri.oci.image.ImageFetcher;
import io.jcri.oci.image.ImageStore;
import io.jcri.oci.signature.ImageTrust;
import io.jcri.oci.signature.SignatureCheck;
import io.jcri.oci.signature.VerifierPrograms;
import io.jcri.oci.snapshot.WritableLayers;
import io.jcri.oci.snapshot.WritableVolumes;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.util.Optional;
import java.util.Set;

/** The image store as the configuration says, and what containers get of it. */
public record ImageSetup(Images images, RootFilesystems rootFilesystems) {

  /**
   * Opens the store.
   *
   * @param fetcher brings images
   */
  public static ImageSetup open(
      DaemonConfig.Images config,
      Layout layout,
      ImageFetcher fetcher,
      Syscalls syscalls,
      Mounts mounts) {
    Optional<RegistriesConf> registries = config.registriesConf().map(RegistriesConf::new);
    ImageStore store =
        ImageStore.open(layout.images(), fetcher, trust(config.trust()), syscalls, mounts);
    return new ImageSetup(
        new Images(store, new NameSearch(registries), layout, Set.copyOf(config.pinned())),
        new RootFilesystems(
            store,
            new WritableLayers(syscalls, mounts, store.snapshots()),
            new WritableVolumes(syscalls, store.snapshots()),
            config.volumes(),
            mounts,
            layout));
  }

  private static ImageTrust trust(DaemonConfig.Trust config) {
    return new ImageTrust(
        config
            .signaturePolicy()
            .map(policy -> new SignatureCheck(policy, config.signaturePlaces())),
        config
            .verifiers()
            .map(directory -> new VerifierPrograms(directory, config.verifierTimeout())));
  }
}
