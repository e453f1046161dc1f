namespace TPacket.Server;

/// <summary>
/// The look-alikes that <see cref="UniqueNickPolicy"/> refuses: nicks that look like another user's nick (confusables, Unicode Technical Standard #39).
/// </summary>
public enum NickLookAlikes
{
    /// <summary>Accepts look-alikes.</summary>
    Accept,

    /// <summary>
    /// Refuses look-alikes that have no script in common, such as <c>alice</c> with a Cyrillic <c>а</c> and <c>alice</c>.
    /// Accepts look-alikes within a script, such as <c>bob1</c> and <c>bobl</c>.
    /// </summary>
    RefuseAcrossScripts,

    /// <summary>
    /// Refuses all look-alikes, including look-alikes within a script, such as <c>bob1</c> and <c>bobl</c>, <c>0</c> and <c>O</c>, <c>rn</c> and <c>m</c>.
    /// </summary>
    Refuse,
}
