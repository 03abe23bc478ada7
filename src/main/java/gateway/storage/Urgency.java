package gateway.storage;

/** Whether somebody waits for a digest. */
public enum Urgency {
    /** A client does: the end of its body is withheld until the bytes are verified. */
    AWAITED,
    /** Nobody does: what clients do goes first. */
    BACKGROUND
}
