namespace TPacket.Fuzz;

/// <summary>The error of an input with a result that is not documented.</summary>
public sealed class FindingException(string message) : Exception(message)
{
    /// <summary>Throws unless a condition is true.</summary>
    public static void Unless(bool holds, string otherwise)
    {
        if (!holds)
            throw new FindingException(otherwise);
    }
}
