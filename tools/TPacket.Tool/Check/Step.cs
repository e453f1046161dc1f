using System.Globalization;

namespace TPacket.Tool.Check;

/// <summary>Runs a step with its deadline.</summary>
internal static class Step
{
    /// <summary>Runs an action; a step that takes longer than the request's timeout fails.</summary>
    /// <param name="name">The step.</param>
    /// <param name="request">Its timeout is used.</param>
    /// <param name="late">What was found when the time is over.</param>
    /// <param name="advice">What to try then.</param>
    /// <param name="action">The step.</param>
    /// <param name="cancellationToken">Ctrl+C.</param>
    /// <exception cref="StepFailedException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<T> WithinAsync<T>(
        string name, CheckRequest request, string late, string advice, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(request.Timeout);
        try
        {
            return await action(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StepFailedException(name, string.Create(CultureInfo.InvariantCulture, $"{late} within {request.Timeout.TotalSeconds:0.#} s"), advice);
        }
    }
}
