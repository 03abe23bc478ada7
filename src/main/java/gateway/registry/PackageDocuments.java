package gateway.registry;

import gateway.project.PackageFile;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files of package registries as clients are told of them. */
public final class PackageDocuments {

    private PackageDocuments() {}

    public static Map<String, Object> file(PackageFile file) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", file.id());
        document.put("package_id", file.packageId());
        document.put("created_at", file.createdAt().toString());
        document.put("file_name", file.fileName());
        document.put("size", file.size());
        document.put("file_md5", file.md5());
        document.put("file_sha1", file.sha1());
        document.put("file_sha256", file.sha256());
        return document;
    }
}
