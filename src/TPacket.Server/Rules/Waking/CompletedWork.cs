namespace TPacket.Server.Rules;

/// <summary>Work of rules that has completed.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Result">Its result.</param>
/// <param name="Error">The exception that it has thrown; null for none.</param>
internal sealed record CompletedWork(object Key, object? Result, Exception? Error)
{
    /// <summary>Does the work.</summary>
    public static CompletedWork Of(RulesWork work)
    {
        try
        {
            return new CompletedWork(work.Key, work.Run(), null);
        }
#pragma warning disable CA1031 // Whatever the work throws.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new CompletedWork(work.Key, null, e);
        }
    }
}
