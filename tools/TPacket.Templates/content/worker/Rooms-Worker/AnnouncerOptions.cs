namespace Rooms_Worker;

/// <summary>The configuration section <c>Announcer</c>.</summary>
internal sealed class AnnouncerOptions
{
    /// <summary>The time between two announcements.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromHours(1);
}
