namespace TPacket.Server;

/// <summary>What <see cref="UniqueNickPolicy"/> does with a nick that is spelled differently from another user's and looks like it (Unicode Technical Standard #39, confusables).</summary>
public enum NickLookAlikes
{
    /// <summary>Accepts it.</summary>
    Accept,

    /// <summary>Refuses it if the two have no script in common: <c>alice</c> with a Cyrillic <c>а</c> beside <c>alice</c>. Digits and letters of one script stay apart: <c>bob1</c> beside <c>bobl</c>.</summary>
    RefuseAcrossScripts,

    /// <summary>Refuses it, also within a script: <c>bob1</c> beside <c>bobl</c>, <c>0</c> beside <c>O</c>, <c>rn</c> beside <c>m</c>.</summary>
    Refuse,
}
