namespace TPacket.Transports.Tests.Support;

/// <summary>How long anything is waited for before the test has failed.</summary>
internal static class Deadline
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(30);

    public static Task Within(this Task task) => task.WaitAsync(_bound);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(_bound);
}
