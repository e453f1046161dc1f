namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>The rules of a server link that <see cref="BrokenServerLink"/> can break one at a time.</summary>
public enum ServerLinkRule
{
    AskersDoNotAnswer,
    EmptyAnswersCount,
    BytesArriveWhole,
    QuestionsKeepTheirOrder,
    AnswersFindTheirQuestion,
    EndedServersAreNotWaitedFor,
    LaterServersAreAsked,
    CancelledWaitsEnd,
}
