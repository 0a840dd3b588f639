"""What the other project's REST_FRAMEWORK names, and a view of its own."""

from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.response import Response
from rest_framework.views import APIView


def teapot(error, context):
    return Response({"theirs": str(error)}, status=418)


class Nothing(BaseFilterBackend):
    def filter_queryset(self, request, queryset, view):
        return queryset.none()


class Theirs(APIView):
    permission_classes = []

    def get(self, request):
        raise ValidationError("no")
