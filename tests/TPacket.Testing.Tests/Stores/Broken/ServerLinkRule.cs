namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>What a link from server to server can get wrong.</summary>
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
