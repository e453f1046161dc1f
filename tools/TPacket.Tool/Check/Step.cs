using System.Globalization;

namespace TPacket.Tool.Check;

/// <summary>Runs steps with a deadline.</summary>
internal static class Step
{
    /// <summary>Runs an action within the request's timeout.</summary>
    /// <param name="name">The name of the step.</param>
    /// <param name="request">The request with the timeout.</param>
    /// <param name="late">The finding on a timeout.</param>
    /// <param name="advice">What to try on a timeout.</param>
    /// <param name="action">The action.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C.</param>
    /// <exception cref="StepFailedException">The action has timed out.</exception>
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
