using System.Text;

namespace TPacket.Server.Nicks;

/// <summary>What two nicks are compared by.</summary>
internal readonly struct NickIdentity
{
    private static readonly System.Buffers.SearchValues<char> _ambiguous = System.Buffers.SearchValues.Create("i1|0`m\"%");

    private readonly string _skeleton;
    private readonly string? _lower;
    private readonly string? _upper;

    private NickIdentity(string reading, ScriptSet scripts, string skeleton, string? lower, string? upper) =>
        (Reading, Scripts, _skeleton, _lower, _upper) = (reading, scripts, skeleton, lower, upper);

    /// <summary>Equal nicks read the same.</summary>
    public string Reading { get; }

    /// <summary>The scripts in which the nick can be written; none where it mixes scripts.</summary>
    public ScriptSet Scripts { get; }

    /// <summary>Compares nicks by what they read as alone.</summary>
    public static NickIdentity OfReading(string nick) => new(NickText.ReadingOf(nick), ScriptSet.All, "", null, null);

    /// <summary>Compares nicks by what they look like, too.</summary>
    public static NickIdentity Of(string nick)
    {
        var reading = NickText.ReadingOf(nick);
        var scripts = ScriptSet.Of(nick);
        if (Ascii.IsValid(nick))
            return new NickIdentity(reading, scripts, AsciiSkeletonOf(reading), null, null);
        // Letters that are alike in one case may not be in the other. A word of one script is compared as it is written: many are like another script's only in capitals.
        var skeleton = NickText.SkeletonOf(nick);
        return scripts.IsEmpty
            ? new NickIdentity(reading, scripts, skeleton, NickText.SkeletonOf(nick.ToLowerInvariant()), NickText.SkeletonOf(nick.ToUpperInvariant()))
            : new NickIdentity(reading, scripts, skeleton, null, null);
    }

    /// <summary>What the nick looks like, as it is written, and in either case where it mixes scripts; none twice.</summary>
    public IEnumerable<string> Skeletons()
    {
        yield return _skeleton;
        if (_lower is not null && _lower != _skeleton)
            yield return _lower;
        if (_upper is not null && _upper != _skeleton && _upper != _lower)
            yield return _upper;
    }

    /// <summary>The skeleton of a reading in ASCII, without Unicode's tables, which many servers never need.</summary>
    internal static string AsciiSkeletonOf(string reading) => reading.AsSpan().IndexOfAny(_ambiguous) < 0
        ? reading
        : reading.Replace('i', 'l').Replace('1', 'l').Replace('|', 'l').Replace('0', 'o').Replace('`', '\'')
            .Replace("m", "rn", StringComparison.Ordinal).Replace("\"", "''", StringComparison.Ordinal).Replace("%", "o/0", StringComparison.Ordinal);
}
