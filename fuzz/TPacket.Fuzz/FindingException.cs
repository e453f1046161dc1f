namespace TPacket.Fuzz;

/// <summary>An input that came out otherwise than it may.</summary>
public sealed class FindingException(string message) : Exception(message)
{
    /// <summary>Throws unless something holds.</summary>
    public static void Unless(bool holds, string otherwise)
    {
        if (!holds)
            throw new FindingException(otherwise);
    }
}
