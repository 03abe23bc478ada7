package gateway.upstream.git;

import org.eclipse.jgit.attributes.AttributesNode;
import org.eclipse.jgit.attributes.AttributesNodeProvider;

/** Only what a commit itself says of its files counts, not what somebody has configured on this machine. */
enum NoAttributes implements AttributesNodeProvider {
    OUTSIDE;

    @Override
    public AttributesNode getInfoAttributesNode() {
        return new AttributesNode();
    }

    @Override
    public AttributesNode getGlobalAttributesNode() {
        return new AttributesNode();
    }
}
