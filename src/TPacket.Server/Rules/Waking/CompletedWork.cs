namespace TPacket.Server.Rules.Waking;

/// <summary>Completed work of rules.</summary>
/// <param name="Key">The key of the work.</param>
/// <param name="Result">The result of the work.</param>
/// <param name="Error">The exception of the work; null for none.</param>
internal sealed record CompletedWork(object Key, object? Result, Exception? Error)
{
    /// <summary>Runs work on the calling thread.</summary>
    public static CompletedWork Of(RulesWork work)
    {
        try
        {
            return new CompletedWork(work.Key, work.Run(), null);
        }
#pragma warning disable CA1031 // The work may throw any exception.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new CompletedWork(work.Key, null, e);
        }
    }
}
