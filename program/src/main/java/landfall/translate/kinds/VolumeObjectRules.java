package landfall.translate.kinds;

/** PersistentVolume and StorageClass: the cluster's disks, from which files are copied by way of the pods. */
final class VolumeObjectRules {
    private static final String DISK = "files are read through the pod that mounts them, whatever disk they lie on";
    private static final String SHARE = "%s lies on a file server that others may use too.";

    private VolumeObjectRules() {}

    static KindRules persistentVolume() {
        return KindRules.of(
                "",
                "PersistentVolume",
                "nothing of its own: the claim bound to it becomes a storage entry; a share that others may use is a"
                        + " decision",
                shares(disks(new FieldTable()
                        .irrelevant("metadata.name", "names a disk of the cluster")
                        .satisfied("spec.accessModes", "a folder of one host is there for all its containers")
                        .irrelevant(
                                "spec.capacity", "what is used counts, not what was set aside; `landfall check` asks")
                        .irrelevant("spec.claimRef", "binds claim and volume; the claim stands for both")
                        .satisfied("spec.mountOptions", "the folder is mounted as the host's file system is")
                        .irrelevant("spec.nodeAffinity", "there is one host")
                        .satisfied(
                                "spec.persistentVolumeReclaimPolicy",
                                "Landfall deletes no claim, so that the volume stays whatever this says")
                        .irrelevant("spec.storageClassName", "a class of disks of the cluster")
                        .irrelevant("spec.volumeAttributesClassName", "a class of disks of the cluster")
                        .open("spec.volumeMode", "raw-device", "%s is a raw block device, of which Dokku mounts none.")
                        .except("Filesystem", "a folder, like an entry"))));
    }

    private static FieldTable disks(FieldTable table) {
        for (String disk : new String[] {
            "awsElasticBlockStore",
            "azureDisk",
            "cinder",
            "csi",
            "fc",
            "flexVolume",
            "flocker",
            "gcePersistentDisk",
            "hostPath",
            "iscsi",
            "local",
            "photonPersistentDisk",
            "portworxVolume",
            "rbd",
            "scaleIO",
            "storageos",
            "vsphereVolume"
        }) {
            table.irrelevant("spec." + disk, DISK);
        }
        return table;
    }

    private static FieldTable shares(FieldTable table) {
        for (String share : new String[] {"azureFile", "cephfs", "glusterfs", "nfs", "quobyte"}) {
            table.open("spec." + share, "share", SHARE);
        }
        return table;
    }

    static KindRules storageClass() {
        String note = "how the cluster makes disks; Dokku's entries are folders of the host's own";
        return KindRules.of(
                "storage.k8s.io",
                "StorageClass",
                "nothing: Dokku's entries are folders of its host",
                new FieldTable()
                        .irrelevant("metadata.name", "names a class of disks of the cluster")
                        .irrelevant("provisioner", note)
                        .irrelevant("parameters", note)
                        .satisfied("allowVolumeExpansion", "a folder grows with the host's disk")
                        .irrelevant("allowedTopologies", "there is one host")
                        .satisfied("mountOptions", "the folder is mounted as the host's file system is")
                        .satisfied("reclaimPolicy", "Landfall deletes no claim; entries stay until removed by hand")
                        .irrelevant("volumeBindingMode", "there is one host"));
    }

    static KindRules snapshot(String kind) {
        String note = "a copy of a disk that stays in the cluster; the move copies the files as they are";
        FieldTable table = new FieldTable().irrelevant("metadata.name", "names a snapshot of the cluster");
        if (kind.equals("VolumeSnapshotClass")) {
            table.irrelevant("driver", note).irrelevant("parameters", note).irrelevant("deletionPolicy", note);
        } else {
            table.irrelevant("spec", note);
        }
        return KindRules.of(
                "snapshot.storage.k8s.io", kind, "nothing: snapshots of disks stay with the cluster", table);
    }
}
