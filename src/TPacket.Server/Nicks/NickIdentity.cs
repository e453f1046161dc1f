using System.Text;

namespace TPacket.Server.Nicks;

/// <summary>The values by which nicks are compared: reading, scripts and skeletons.</summary>
internal readonly struct NickIdentity
{
    private static readonly System.Buffers.SearchValues<char> _ambiguous = System.Buffers.SearchValues.Create("i1|0`m\"%");

    private readonly string _skeleton;
    private readonly string? _lower;
    private readonly string? _upper;

    private NickIdentity(string reading, ScriptSet scripts, string skeleton, string? lower, string? upper) =>
        (Reading, Scripts, _skeleton, _lower, _upper) = (reading, scripts, skeleton, lower, upper);

    /// <summary>The reading: equal for nicks that count as the same.</summary>
    public string Reading { get; }

    /// <summary>The scripts in which the whole nick can be written; empty if it mixes scripts.</summary>
    public ScriptSet Scripts { get; }

    /// <summary>Creates an identity that compares by reading only.</summary>
    public static NickIdentity OfReading(string nick) => new(NickText.ReadingOf(nick), ScriptSet.All, "", null, null);

    /// <summary>Creates an identity that compares by reading and appearance.</summary>
    public static NickIdentity Of(string nick)
    {
        var reading = NickText.ReadingOf(nick);
        var scripts = ScriptSet.Of(nick);
        if (Ascii.IsValid(nick))
            return new NickIdentity(reading, scripts, AsciiSkeletonOf(reading), null, null);
        // Letters can be confusable in one case only. Nicks of a single script are compared
        // as written, because many of them resemble another script only in capitals.
        var skeleton = NickText.SkeletonOf(nick);
        return scripts.IsEmpty
            ? new NickIdentity(reading, scripts, skeleton, NickText.SkeletonOf(nick.ToLowerInvariant()), NickText.SkeletonOf(nick.ToUpperInvariant()))
            : new NickIdentity(reading, scripts, skeleton, null, null);
    }

    /// <summary>Returns the distinct skeletons of the nick as written and, if it mixes scripts, in lower and upper case.</summary>
    public IEnumerable<string> Skeletons()
    {
        yield return _skeleton;
        if (_lower is not null && _lower != _skeleton)
            yield return _lower;
        if (_upper is not null && _upper != _skeleton && _upper != _lower)
            yield return _upper;
    }

    /// <summary>Returns the skeleton of an ASCII reading without loading the Unicode tables, which many servers never need.</summary>
    internal static string AsciiSkeletonOf(string reading) => reading.AsSpan().IndexOfAny(_ambiguous) < 0
        ? reading
        : reading.Replace('i', 'l').Replace('1', 'l').Replace('|', 'l').Replace('0', 'o').Replace('`', '\'')
            .Replace("m", "rn", StringComparison.Ordinal).Replace("\"", "''", StringComparison.Ordinal).Replace("%", "o/0", StringComparison.Ordinal);
}
